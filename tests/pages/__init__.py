"""The three pages in a real browser."""
