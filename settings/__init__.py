"""Baton's configuration: `baton.toml`, `BATON_…` in the environment, secrets by reference."""
