"""Makes people, each with a session for both workflows, and a budget for the last of them.

python -m tests.cluster.people 20 25

Prints their client secrets as JSON. The last one may send so many messages a day.
"""

from __future__ import annotations

import datetime
import json
import sys
from typing import Any

import django


def main(count: int, messages: int) -> list[dict[str, str]]:
    from django.contrib.auth import get_user_model

    from chatkit.contrib.console.budgets.models import Budget

    made = []
    for number in range(count):
        user = get_user_model().objects.create_user(f"person{number}", password="pw")
        made.append({name: secret_of(user, name) for name in ("wf_cluster", "wf_limited")})
    if messages:
        Budget.objects.create(user=user, amount=messages, unit=Budget.Unit.MESSAGES)
    return made


def secret_of(user: Any, workflow_id: str) -> str:
    from django.utils import timezone

    from chatkit import sessions
    from chatkit.models import Session, new_id

    session = Session.objects.create(
        user=user, workflow_id=workflow_id, session_id=new_id("sess"), issuer=Session.Issuer.SELF,
        auth_hash=user.get_session_auth_hash(),
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )  # fmt: skip
    return sessions.sign(str(session.session_id))


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
