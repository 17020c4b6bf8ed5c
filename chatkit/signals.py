"""Signals for the site's own code. Receivers can't change what has happened; what one of them
raises is logged by Django."""

from __future__ import annotations

from django.dispatch import Signal

# session=<Session>, request=<HttpRequest>: a session stands, new or refreshed.
session_created = Signal()
# run=<Run>: an answer is complete, or was stopped, interrupted, or failed; `run.outcome` tells
# what became of the question, `run.searched` and `run.cited` what was searched and cited. Sent on
# one of the assistants' threads, after its rows are committed.
run_finished = Signal()
# run=<Run>: of an answer that had ended more is known: what its follow-up questions have used, or
# what its own process knew, which another had taken for dead. Sent after its rows are committed.
run_changed = Signal()
# feedback=<Feedback>, user=<User> or <Visitor>: a vote on an item, also one that changes an
# earlier vote.
feedback_given = Signal()
# visitor=<Visitor>, user=<User>: what was a visitor's is the user's from now on, by a login.
visitor_merged = Signal()
# run=<Run>: the reader of an answer that was not found has told the editors; once for each.
editors_told = Signal()
# user=<User>, <Visitor> or None (a command), action="opened", "searched" or "exported",
# thread=<Thread> or None (several), person=<User>, <Visitor> or None (several), what=<str>:
# somebody opened a conversation to read it, searched what was said, or took data away; `what` names
# that: "conversations", "data".
conversations_read = Signal()
# user=<User> or None (a command), row=<Model>, before=<dict>, after=<dict>, name=<str>: a row was
# added, changed or deleted in the admin or the console: its values by field, {} where there is
# none; "…" stands for words of conversations. `name` is what the row is called where str(row) would
# be such words, else "". In the same transaction: what a receiver raises undoes the change.
row_changed = Signal()
