"""How mail is sent, as the settings that this Django reads: MAILERS since 6.1, EMAIL_* before."""

from __future__ import annotations

from typing import Any

import django

TIMEOUT = 10  # seconds
# The options of a backend, by its module's name; others have none.
OPTIONS = {
    "smtp": {
        "EMAIL_HOST": "host",
        "EMAIL_PORT": "port",
        "EMAIL_HOST_USER": "username",
        "EMAIL_HOST_PASSWORD": "password",
        "EMAIL_USE_TLS": "use_tls",
        "EMAIL_USE_SSL": "use_ssl",
        "EMAIL_SSL_CERTFILE": "ssl_certfile",
        "EMAIL_SSL_KEYFILE": "ssl_keyfile",
        "EMAIL_TIMEOUT": "timeout",
    },
    "filebased": {"EMAIL_FILE_PATH": "file_path"},
}


def settings(found: dict[str, Any]) -> dict[str, Any]:
    """The settings for what `env.email` has found: EMAIL_BACKEND and its options."""
    found = {"EMAIL_TIMEOUT": TIMEOUT} | found
    if django.VERSION < (6, 1):
        return found
    backend = str(found["EMAIL_BACKEND"])
    names = OPTIONS.get(backend.split(".")[-2], {})
    options = {option: found[name] for name, option in names.items() if found.get(name) is not None}
    return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}
