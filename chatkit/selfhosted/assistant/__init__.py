"""AssistantServer: a model of OpenAI's, or of anybody who speaks its API, answers on this site."""

from .server import INSTRUCTIONS, AssistantServer

__all__ = ["INSTRUCTIONS", "AssistantServer"]
