"""The pages. A new one is a module here, imported below, and a template."""

from . import (  # noqa: F401  (registers the pages)
    audit,
    collecting,
    conversations,
    evaluation,
    evaluations,
    overview,
    quality,
    setup,
    tools,
    unanswered,
    usage,
)
