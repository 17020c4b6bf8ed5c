"""What `chatkit_rollup` does, as one of Django's Tasks: `roll_up.enqueue()`, from a schedule."""

from __future__ import annotations

from chatkit.background import task

from .daily import make_up
from .quality import gather as gather_reviews
from .said.index import catch_up
from .unanswered import gather


@task
def roll_up() -> int:
    """Make up the days that are due, group what was not answered, bring in what is to be
    reviewed, and keep the words of conversations. How many days there were."""
    days = make_up()
    gather()
    gather_reviews()
    catch_up()
    return days
