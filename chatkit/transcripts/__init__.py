"""Conversations as they are read outside the chat: as entries of a page, as a file."""
