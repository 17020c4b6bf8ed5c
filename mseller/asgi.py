"""The ASGI application: Django, with the runs' start and orderly end around it."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mseller.settings")
django.setup(set_prefix=False)

from chatkit.asgi import with_runs  # noqa: E402  (needs the settings)

from .handler import OneThreadHandler  # noqa: E402

django_application = OneThreadHandler()
application = with_runs(django_application, max_body=12 * 1024 * 1024)
