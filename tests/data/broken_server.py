"""A server module that fails when it is imported."""

raise RuntimeError("no model today")
