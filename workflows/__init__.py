"""Temporal workflows: thin; they interpret the two pure packages and order the effects."""
