"""A host's own session middleware."""

from django.contrib.sessions.middleware import SessionMiddleware


class OwnSessionMiddleware(SessionMiddleware):
    pass
