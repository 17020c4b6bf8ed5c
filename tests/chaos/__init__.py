"""Servers that are killed, and what they use taken away, while many people read: `make chaos`."""
