"""The ASGI application: Django, and around it what starts and ends the runs."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mseller.settings")
django.setup(set_prefix=False)

from chatkit.asgi import with_runs  # noqa: E402  (needs the settings)

from .handler import OneThreadHandler, freezing_at_start  # noqa: E402

MAX_BODY = 12 * 1024 * 1024  # bytes, on every address of the site; as in deploy/nginx.conf

application = freezing_at_start(with_runs(OneThreadHandler(max_body=MAX_BODY)))
