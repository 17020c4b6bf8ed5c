"""AssistantServer: a model of OpenAI, or of any compatible API, answers on this site."""

from .server import INSTRUCTIONS, AssistantServer

__all__ = ["INSTRUCTIONS", "AssistantServer"]
