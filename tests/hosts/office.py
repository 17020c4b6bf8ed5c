"""What an awkward host has of its own: people with UUID keys who log in by e-mail, language
prefixes, a script name, atomic requests, tokens out of a script's reach, a strict policy, packed
answers and hashed file names."""

from __future__ import annotations

from .environment import Environment
from .project import Project

PACKAGES = ("django-csp", "whitenoise")
SETTINGS = """\
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS += ["people"]
AUTH_USER_MODEL = "people.Person"
LOGIN_URL = "login"
LOGOUT_REDIRECT_URL = "login"

LOGGING = {  # where DEBUG is off Django tells nobody else why a page has failed
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "loggers": {"django.request": {"handlers": ["console"]}},
}

FORCE_SCRIPT_NAME = "/app"
SESSION_COOKIE_PATH = "/app/"
CSRF_USE_SESSIONS = True
CSRF_COOKIE_HTTPONLY = True
DATABASES["default"]["ATOMIC_REQUESTS"] = True

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Spanish")]
MIDDLEWARE.insert(0, "django.middleware.gzip.GZipMiddleware")
MIDDLEWARE.insert(2, "whitenoise.middleware.WhiteNoiseMiddleware")
MIDDLEWARE.insert(4, "django.middleware.locale.LocaleMiddleware")
MIDDLEWARE.append("csp.middleware.CSPMiddleware")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]
STATIC_URL = "/app/static/"  # WhiteNoise asks before there is a request that tells the prefix
STATICFILES_DIRS = [BASE_DIR / "assets"]
STATIC_ROOT = BASE_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
"""
# Over what the README's step gives: a second assistant, to be stopped.
SLOW_SETTINGS = 'CHATKIT["WORKFLOWS"]["slow"] = "office.slow.SlowDesk"\n'
SLOW = """\
import asyncio

from chatkit.selfhosted.helpdesk import HelpDeskServer


class SlowDesk(HelpDeskServer):
    \"\"\"Says the first sentence of an answer, and then nothing more.\"\"\"

    async def respond(self, thread, input_user_message, context):
        async for event in super().respond(thread, input_user_message, context):
            yield event
            if "within 30 days" in event.model_dump_json():
                await asyncio.Event().wait()
"""
URLS = """\
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = i18n_patterns(
    path("admin/", admin.site.urls),
    path("accounts/", include("django.contrib.auth.urls")),
)
"""
MODELS = """\
import uuid

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models


class People(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        person = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save()
        return person

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = None
    email = models.EmailField(unique=True)

    objects = People()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
"""
SPANISH = """\
# Devoluciones

Puedes devolver cualquier cosa en 30 días. Abre el pedido y pulsa Devolver.
"""
BASE = """\
{% load static i18n %}{% get_current_language as LANGUAGE_CODE %}<!doctype html>
<html lang="{{ LANGUAGE_CODE }}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{% block title %}{% endblock %} | Office</title>
  <link rel="stylesheet" href="{% static 'office.css' %}">
</head>
<body>
<header><b>Office</b> <a href="{% url 'chatkit:page' %}">Help</a></header>
<main>{% block content %}{% endblock %}</main>
<footer>Office, 12 Main Street</footer>
</body>
</html>
"""
LOGIN = """\
{% extends "base.html" %}
{% block content %}
<form method="post">{% csrf_token %}{{ form.as_p }}<button>Log in</button></form>
{% endblock %}
"""
STYLE = """\
body { font-family: serif; margin: 0; color: #222; background: #f6f3ec; }
header, footer { background: #123; color: #fff; padding: 12px 24px; }
header a { color: #9cf; margin-left: 24px; }
main { max-width: 960px; margin: 0 auto; padding: 16px; }
button { background: #123; color: #fff; border: 0; padding: 8px 16px; text-transform: uppercase; }
h2 { font-size: 40px; color: #c00; }
svg { width: 100%; }
"""


def made(environment: Environment) -> Project:
    """The project before it takes the app."""
    project = Project.made_by(environment, "django-admin", "startproject", "office")
    project.manage("startapp", "people")
    project.append(project.settings, SETTINGS)
    project.write("people/models.py", MODELS)
    project.write("templates/base.html", BASE)
    project.write("templates/registration/login.html", LOGIN)
    project.write("assets/office.css", STYLE)
    project.write(project.urls, URLS)
    project.write("office/slow.py", SLOW)
    project.write("help/es/returns.md", SPANISH)
    return project
