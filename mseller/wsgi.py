"""The WSGI application, for servers with threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mseller.settings")
application = get_wsgi_application()
