"""The ASGI application: Django, with the runs' start and orderly end around it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mseller.settings")
django_application = get_asgi_application()

from chatkit.asgi import with_runs  # noqa: E402  (needs the settings)

application = with_runs(django_application, max_body=12 * 1024 * 1024)
