"""One adapter a hub."""
