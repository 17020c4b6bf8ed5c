"""System checks: each misconfiguration that can be seen before a request, with its fix.

They load no SDK: `manage.py check` and `migrate` stay quick. docs/checks.md lists them.
"""

from . import (  # noqa: F401  (registers the checks)
    answerers,
    attachments,
    caches,
    databases,
    demo,
    files,
    icons,
    migrated,
    packages,
    permissions,
    serving,
    site,
    streams,
    tenants,
    tools,
    values,
    visitors,
    voice,
)
