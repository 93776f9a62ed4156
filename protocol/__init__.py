"""The activity model, and everything that crosses from one process to another."""
