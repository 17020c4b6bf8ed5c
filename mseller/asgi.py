"""The ASGI application: Django, with the runs' start and orderly stop around it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mseller.settings")
application = get_asgi_application()
