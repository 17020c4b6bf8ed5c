"""Who answers on both hosts, and in the soak."""

from __future__ import annotations

from chatkit.selfhosted.assistant import AssistantServer


class CountingServer(AssistantServer):
    """Asks the model once and does not wait for a minute, so that each of its failures is one
    answer that failed. The model says the title of no conversation."""

    model_timeout = (10.0, 20.0)
    model_retries = 0
    titles_by_model = False
