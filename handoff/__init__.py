"""PURE: the life of a conversation, its context, transcript and routing."""
