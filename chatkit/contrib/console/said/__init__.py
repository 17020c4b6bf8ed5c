"""The search in what was said: the words of each conversation, kept beside it."""

# Nothing is imported here: the app's models are loaded by way of this package, before the admin
# may be.
