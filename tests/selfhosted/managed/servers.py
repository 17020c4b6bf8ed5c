"""Servers of the tests, with attributes of their own."""

from __future__ import annotations

from chatkit.selfhosted.managed import ManagedAgentServer

from .stand_in import AGENT


class OfferingServer(ManagedAgentServer):
    agent_id = AGENT
    tools = ("find_customers",)


class NamelessServer(ManagedAgentServer):
    """Its author has forgotten the agent."""


class HastyServer(ManagedAgentServer):
    """Waits for nothing long."""

    agent_id = AGENT
    timeout = (0.3, 0.3)
    retries = 0


class FilesServer(ManagedAgentServer):
    agent_id = AGENT
    environment = {"type": "openai_hosted"}
    spend_limit = 50
