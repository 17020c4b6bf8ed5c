"""What `chatkit_rollup` does, as one of Django's Tasks: `roll_up.enqueue()`, from a schedule.

Of Django 6.0 or newer, or of the package django-tasks; nothing else imports this module.
"""

from __future__ import annotations

try:
    from django.tasks import task  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    from django_tasks import task  # type: ignore[import-not-found, no-redef, unused-ignore]

from .daily import make_up
from .quality import gather as gather_reviews
from .said.index import catch_up
from .unanswered import gather


@task  # type: ignore[untyped-decorator, unused-ignore]
def roll_up() -> int:
    """Make up the days that are due, group what was not answered, bring in what is to be
    reviewed, and keep the words of conversations. How many days there were."""
    days = make_up()
    gather()
    gather_reviews()
    catch_up()
    return days
