"""Killing processes in the middle of conversations."""
