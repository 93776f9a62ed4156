"""One story of a handoff, told to every hub."""
