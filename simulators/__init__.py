"""Hubs as strict local servers: for tests, and for people who have no account."""
