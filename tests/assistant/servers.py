"""Assistants of the tests."""

from __future__ import annotations

from chatkit.selfhosted.assistant import AssistantServer


class QuickServer(AssistantServer):
    """Gives up soon, so that the tests of failures are quick."""

    model_timeout = (1.0, 1.0)
    model_retries = 0


class WorkflowServer(QuickServer):
    """Answers by an exported workflow, unchanged."""

    workflow = "tests.assistant.exported_workflow:run_workflow"


class AgentServer(QuickServer):
    """Answers by one of its agents, streamed."""

    agent = "tests.assistant.exported_workflow:support"


class LostServer(QuickServer):
    agent = "tests.assistant.exported_workflow:gone"
