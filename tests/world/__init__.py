"""The world outside, and how topics meet it."""
