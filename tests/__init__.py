"""Baton's tests."""
