"""The site's assistant, answered by a model of ours: the one changed line in CHATKIT leads here."""

from __future__ import annotations

from chatkit.selfhosted.assistant import INSTRUCTIONS, AssistantServer


class SupportServer(AssistantServer):
    """Answers from the help articles, and helps with customers those who look after them."""

    instructions = (
        INSTRUCTIONS
        + """\
You work for MSeller, a sales platform. With the customers' tools, find a customer's id before you \
add a note for them, and ask which one is meant where several fit.
"""
    )
