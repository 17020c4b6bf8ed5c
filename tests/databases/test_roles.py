"""The scope of docs/howto/tenants.md for roles of PostgreSQL: what a request's connection is set
to, an answer's is, too."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest

from ..tools.small_site import ROOT, SmallSite
from .scratch import POSTGRES, ask, missing, scratch

pytestmark = [
    pytest.mark.database,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing(POSTGRES)), reason=missing(POSTGRES) or "-"),
]

GUIDE = (ROOT / "docs" / "howto" / "tenants.md").read_text("utf-8")
SETTINGS = """
CHATKIT = CHATKIT | {
    "WORKFLOWS": {"whose": "whose.Whose"}, "CONNECTION_SCOPE": "shop.scopes.Branches",
}
"""
# Says which role its work on the database has.
WHOSE = """
from chatkit.selfhosted.engine import DjangoChatKitServer
from shop.scopes import Branches


class Whose(DjangoChatKitServer):
    async def respond(self, thread, message, context):
        from chatkit.selfhosted.assistant.messages import say

        for event in say(thread, await context.database(Branches().current), self.store, context):
            yield event
"""
PROGRAM = """
from chatkit.testing import Chat
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from shop.scopes import Branches

call_command("migrate", verbosity=0)
user = get_user_model().objects.create_user("ada")
with connection.cursor() as cursor:
    for things in ("TABLES", "SEQUENCES"):
        cursor.execute(f"GRANT ALL ON ALL {things} IN SCHEMA public TO BRANCH")
    cursor.execute("SET ROLE BRANCH")
print(Chat(user).ask("Who is it?").text)
with Branches().entered("postgres"):
    print(Branches().current())
"""


def test_the_guides_scope(tmp_path: Path) -> None:
    (scopes,) = re.findall(r"```python\n# shop/scopes\.py\n((?s:.*?))```", GUIDE)
    role = f"chatkit_{uuid.uuid4().hex[:12]}"
    site = SmallSite(tmp_path, SETTINGS)
    site.write("shop/__init__.py", "")
    site.write("shop/scopes.py", scopes.replace('["north", "south"]', repr([role])))
    site.write("whose.py", WHOSE)
    with scratch(POSTGRES, tmp_path) as url:
        ask(POSTGRES, url, f"CREATE ROLE {role}")
        try:
            said = site.run(PROGRAM.replace("BRANCH", role), SITE_DATABASE_URL=url)
        finally:
            ask(POSTGRES, url, f"DROP OWNED BY {role}")
            ask(POSTGRES, url, f"DROP ROLE {role}")
    assert said.splitlines() == [role, "postgres"]
