"""Temporal activities: the only hands that touch the world."""
