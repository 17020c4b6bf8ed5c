"""The whole change: imported from OpenAI, then answered by exported code behind the same id."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit.hosted.importer import Import
from chatkit.hosted.owners import Owners
from chatkit.models import Thread
from tests.selfhosted.assistant.conftest import scripted_model
from tests.selfhosted.assistant.model_server import Model
from tests.selfhosted.assistant.test_workflow import orders
from tests.selfhosted.managed.stand_in import AGENT, AgentsApi, say
from tests.selfhosted.protocol import Caller, add, secret_of, text_of, types

from .conftest import HOSTED
from .openai_standin import OpenAI
from .samples import SAMPLES, START, item, thread

__all__ = ["scripted_model"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("server", ["AgentServer", "WorkflowServer"])
def test_an_imported_conversation_goes_on(
    openai: OpenAI, scripted_model: Model, user: Any, settings: Any, server: str
) -> None:
    """With items of every type in it: the agents are told what was said at OpenAI."""
    openai.threads["cthr_1"] = thread(user=f"mseller:{user.pk}")
    said = [{"type": "input_text", "text": "I am called Ada."}]
    openai.items["cthr_1"] = [
        item("user_message", content=said, created_at=START - 1),
        *({**sample, "id": f"cthi_{name}"} for name, sample in SAMPLES.items()),
        item("voice_memo", "cthi_odd"),
    ]
    Import(HOSTED, Owners()).run()
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {HOSTED: f"tests.selfhosted.assistant.servers.{server}"},
        "OPENAI_BASE_URL": scripted_model.url,
        "MODEL": "mock-1",
    }
    scripted_model.answers = [orders]
    caller = Caller(secret_of(user, HOSTED))
    answered = caller.stream(add(Thread.objects.get().id, "Where is my order 7?"))
    assert "error" not in types(answered)
    assert text_of(answered) == "Good news: Order 7 left the warehouse this morning."
    if server == "AgentServer":  # an exported function is given the history where it asks for it
        assert "I am called Ada." in str(scripted_model.bodies[0])


def imported(openai: OpenAI, user: Any) -> str:
    """A conversation that was had at OpenAI, here now."""
    openai.threads["cthr_1"] = thread(user=f"mseller:{user.pk}")
    said = [{"type": "input_text", "text": "I am called Ada."}]
    openai.items["cthr_1"] = [item("user_message", content=said, created_at=START - 1)]
    Import(HOSTED, Owners()).run()
    return str(Thread.objects.get().id)


def test_it_goes_on_with_an_agent_at_openai(openai: OpenAI, user: Any, settings: Any) -> None:
    """Its new session is told what was said."""
    here = imported(openai, user)
    with AgentsApi().running() as api:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {HOSTED: f"openai-agent:{AGENT}"},
            "OPENAI_API_KEY": api.key,
            "OPENAI_BASE_URL": api.url,
        }
        api.turns = [[say("You are Ada.")]]
        answered = Caller(secret_of(user, HOSTED)).stream(add(here, "Who am I?"))
        assert text_of(answered) == "You are Ada."
        assert "User: I am called Ada." in api.told()[-1]


def test_it_goes_on_with_the_help_desk(openai: OpenAI, user: Any, settings: Any) -> None:
    here = imported(openai, user)
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {HOSTED: "chatkit.selfhosted.helpdesk.HelpDeskServer"}
    }
    answered = Caller(secret_of(user, HOSTED)).stream(add(here, "How do I cancel an order?"))
    assert "error" not in types(answered)
    assert "cancel" in text_of(answered).lower()
