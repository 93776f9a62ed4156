"""The plumbing of the tests."""
