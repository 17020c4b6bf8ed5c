"""Assistants of the tests."""

from __future__ import annotations

from chatkit.selfhosted.assistant import AssistantServer


class QuickServer(AssistantServer):
    """Gives up soon, so that the tests of failures are quick."""

    model_timeout = (1.0, 1.0)
    model_retries = 0
