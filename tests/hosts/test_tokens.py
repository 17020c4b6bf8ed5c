"""The recipes of docs/howto/tokens.md, each with its library: who has such a token gets a session,
and who has none gets none."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from ..tools.small_site import ROOT, SmallSite

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "howto" / "tokens.md"
SETTINGS = """
INSTALLED_APPS += {apps}
CHATKIT = CHATKIT | {{"AUTHENTICATE": "shop.chat.{function}"}}
{more}
"""
# What a recipe needs around it: (packages, apps, settings, a program that sets TOKEN).
HOSTS = {
    "by_drf_token": (
        "rest_framework",
        ["rest_framework", "rest_framework.authtoken"],
        "",
        (
            "from rest_framework.authtoken.models import Token\n"
            "HEADER = {'Authorization': f'Token {Token.objects.create(user=user).key}'}"
        ),
    ),
    "by_jwt": (
        "rest_framework_simplejwt",
        ["rest_framework"],
        "",
        (
            "from rest_framework_simplejwt.tokens import AccessToken\n"
            "HEADER = {'Authorization': f'Bearer {AccessToken.for_user(user)}'}"
        ),
    ),
    "by_ninja": (
        "ninja",
        [],
        "",
        "HEADER = {'Authorization': 'Bearer 12'}",
    ),
    "by_allauth": (
        "allauth",
        ["allauth", "allauth.account", "allauth.headless"],
        "HEADLESS_ONLY = True\nMIDDLEWARE += ['allauth.account.middleware.AccountMiddleware']",
        (
            "from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, BACKEND_SESSION_KEY\n"
            "from allauth.headless.internal.sessionkit import new_session, expose_session_token\n"
            "session = new_session()\n"
            "session[SESSION_KEY] = str(user.pk)\n"
            "session[BACKEND_SESSION_KEY] = 'django.contrib.auth.backends.ModelBackend'\n"
            "session[HASH_SESSION_KEY] = user.get_session_auth_hash()\n"
            "session.save()\n"
            "HEADER = {'X-Session-Token': session.session_key}"
        ),
    ),
}
PROGRAM = """
import json, warnings
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import get_user_model
from django.test import Client
user = get_user_model().objects.create_user("ada")
{token}
def post(headers):
    client = Client(enforce_csrf_checks=True)
    return client.post("/api/chatkit/session", {{"workflowId": "help"}},
                       content_type="application/json", headers=headers)
# Another last sign, whatever the right one is.
wrong = {{name: value[:-1] + "xy"[value.endswith("x")] for name, value in HEADER.items()}}
print(post(HEADER).status_code, post(wrong).status_code, post({{}}).status_code)
"""


@pytest.mark.parametrize("function", HOSTS)
def test_recipe(function: str, tmp_path: Path) -> None:
    package, apps, more, token = HOSTS[function]
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    (recipe,) = [
        code
        for code in re.findall(r"```python\n# shop/chat\.py\n(.*?)```", PAGE.read_text(), re.DOTALL)
        if f"def {function}(" in code
    ]
    site = SmallSite(tmp_path, SETTINGS.format(apps=apps, function=function, more=more))
    site.write("shop/__init__.py", "")
    site.write("shop/chat.py", recipe)
    site.write(
        "shop/tokens.py",
        "from django.contrib.auth import get_user_model\n\n\n"
        "def user_of(token):\n"
        "    return get_user_model().objects.first() if token == '12' else None\n",
    )
    assert site.run(PROGRAM.format(token=token)).split() == ["200", "401", "401"]
