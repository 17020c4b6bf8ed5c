"""Who answers while the model fails."""

from __future__ import annotations

from chatkit.selfhosted.assistant import AssistantServer


class HastyServer(AssistantServer):
    """Waits five seconds for a model and asks once: less than the default, and long enough for
    fifty answers at once on a machine that is busy."""

    model_timeout = (5.0, 5.0)
    model_retries = 0
    titles_by_model = False
