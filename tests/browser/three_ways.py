"""The exported agent of `test_three_ways`, as Agent Builder writes one, with the site's tools."""

from __future__ import annotations

from typing import Any

from agents import Agent

from chatkit.selfhosted.assistant import AssistantServer
from chatkit.selfhosted.assistant.tools import site_tools

support = Agent[Any](
    name="Support",
    instructions="You help the people of a shop.",
    tools=site_tools("find_customers", "add_follow_up_note"),
)


class ExportedServer(AssistantServer):
    agent = support
