"""Answers by agents that OpenAI hosts, through its Agents API: `"openai-agent:AGENT_ID"`."""

from .server import ManagedAgentServer, server_of

__all__ = ["ManagedAgentServer", "server_of"]
