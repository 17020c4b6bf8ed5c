"""Signals for the site's own code. Receivers run after the fact and can't change it: what one
raises is logged by Django, and everything else goes on."""

from __future__ import annotations

from django.dispatch import Signal

# session=<Session>, request=<HttpRequest>: a session stands, new or refreshed.
session_created = Signal()
# run=<Run>: an answer is complete, or was stopped, interrupted, or failed. Sent on one of the
# assistants' threads, after its rows are committed.
run_finished = Signal()
# feedback=<Feedback>, user=<User>: a vote on an item, also one that changes an earlier vote.
feedback_given = Signal()
