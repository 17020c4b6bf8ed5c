"""Makes the site's database with logged-in users; run before the site, in its environment.

Prints a JSON list: for each user the Cookie header that logs it in, and its CSRF token.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module

import django


def make(count: int) -> list[dict[str, str]]:
    """`count` users, each with a login session of its own."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User

    store = import_module(settings.SESSION_ENGINE).SessionStore
    token = "t" * 32
    logins = []
    for number in range(count):
        user, _made = User.objects.get_or_create(username=f"bench{number}")
        session = store()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookie = f"sessionid={session.session_key}; csrftoken={token}"
        logins.append({"cookie": cookie, "token": token})
    return logins


if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        made = make(int(sys.argv[1]))
    print(json.dumps(made))
