"""Makes a real server's database, tables and two people, and prints a client secret of each.

python -m tests.selfhosted.prepare
"""

import datetime

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connections
    from django.utils import timezone

    from .protocol import secret_of

    call_command("migrate", verbosity=0)
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    for name in ("ada", "bob"):
        user = get_user_model().objects.create_user(name, password="pw")
        print(secret_of(user, settings.WORKFLOW_ID, expires_at=tomorrow))
    connections.close_all()  # what SQLite has in its log goes into the file that is copied


if __name__ == "__main__":
    main()
