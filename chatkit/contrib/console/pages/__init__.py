"""The pages. A new one is a module here, imported below, and a template."""

from . import conversations, overview, tools, unanswered, usage  # noqa: F401  (registers the pages)
