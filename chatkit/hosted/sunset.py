"""The end of OpenAI's Agent Builder: its date, and the texts shown before and after it.

What the session call answers after that day is not published, so the texts don't say.
"""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .. import workflows
from . import documented

DATE = datetime.date(2026, 11, 30)
COMMAND = "manage.py chatkit_import"
PAGE = documented.LEAVING


def today() -> datetime.date:
    """Today's date in UTC. Tests replace it."""
    return timezone.now().astimezone(datetime.UTC).date()


def has_come() -> bool:
    """Whether the date has been reached."""
    return today() >= DATE


def hosted_ids() -> list[str]:
    """The ids of the workflows that OpenAI still answers."""
    return [workflow.id for workflow in workflows.table().values() if workflow.hosted]


def notice() -> str | None:
    """What administrators must know while OpenAI answers a workflow; None where it answers none."""
    if not hosted_ids():
        return None
    words = {"date": DATE.isoformat(), "command": COMMAND, "page": PAGE}
    if has_come():
        text = _(
            "OpenAI announced the end of Agent Builder for %(date)s, and that day has come. "
            "Hosted workflows may stop at any time. Import what can still be read with "
            "“%(command)s” and let this site answer; %(page)s shows how."
        )
    else:
        text = _(
            "OpenAI shuts Agent Builder down on %(date)s; what hosted workflows answer "
            "afterwards is not published. Import the conversations with “%(command)s” "
            "before that day and let this site answer; %(page)s shows how."
        )
    return text % words


def failure_message() -> str | None:
    """What a user reads where OpenAI refuses a hosted session in a way that may be the end's; None
    before the date: the usual message."""
    if not has_come():
        return None
    return _(
        "The assistant could not be started. It ran on OpenAI's Agent Builder, whose end was "
        "announced for %(date)s. Please tell your administrator."
    ) % {"date": date_format(DATE, "DATE_FORMAT")}


def advice() -> str:
    """For administrators, beside the advice on such a refusal; "" before the date."""
    if not has_come():
        return ""
    return _(
        "OpenAI announced the end of Agent Builder for %(date)s: this may be its answer from then "
        "on. %(page)s shows how this site answers instead."
    ) % {"date": DATE.isoformat(), "page": PAGE}
