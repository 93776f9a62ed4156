"""The operators' page: which conversations there are, where each stands, and what was said and done."""

from gateway.console.pages import mount

__all__ = ["mount"]
