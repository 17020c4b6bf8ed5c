"""The chat page and what `{% chatkit %}` puts on any page: `views`, `embed`, the element's
`options` and the `strings` of the page script."""

from .options import csp_sources

__all__ = ["csp_sources"]
