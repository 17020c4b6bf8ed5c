"""Counts what an answer has used whose conversation was deleted while it was written.

Its run has no row any more that could be counted, and a deletion gives nothing back.
"""

from __future__ import annotations

import datetime
import time

from ... import admission
from ...models import Thread
from .live import LiveRun
from .usage import Usage


def count(live: LiveRun, usage: Usage) -> None:
    """Tell the gates what it has used. On a database worker."""
    session = live.work.session
    run = live.row("")
    run.thread = Thread(workflow_id=session.workflow_id)
    run.user, run.visitor = session.user, session.visitor
    run.created_at -= datetime.timedelta(seconds=time.monotonic() - live.started)
    run.model = usage.model
    run.tokens_in, run.tokens_out = usage.tokens_in, usage.tokens_out
    run.tokens_cached = usage.tokens_cached
    admission.count_lost(run)
