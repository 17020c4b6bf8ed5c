"""The site's assistant that is answered by a model, for CHATKIT["WORKFLOWS"]."""

from __future__ import annotations

from chatkit.selfhosted.assistant import INSTRUCTIONS, AssistantServer


class SupportServer(AssistantServer):
    """Answers from the help articles; has the customers' tools for users with the permissions."""

    instructions = (
        INSTRUCTIONS
        + """\
You work for MSeller, a sales platform. With the customers' tools, find a customer's id before you \
add a note for them, and ask which one is meant where several fit.
"""
    )
