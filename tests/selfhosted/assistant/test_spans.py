"""Spans for OpenTelemetry: a session, an answer, its requests to the model and its tools."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chatkit import telemetry
from chatkit.telemetry import hooks
from chatkit.telemetry.tracing import Tracing
from mseller.customers.models import Customer
from tests.selfhosted.protocol import Caller, create, secret_of

from .model_server import Model, chat, chat_call, thought_and_text


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What the site's own provider would be given."""
    provider = TracerProvider()
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("opentelemetry.trace.get_tracer", provider.get_tracer)
    tracing = Tracing()
    monkeypatch.setattr(hooks, "tracing", lambda: tracing)
    yield exporter
    provider.shutdown()


def ended(exporter: InMemorySpanExporter) -> dict[str, list[ReadableSpan]]:
    found: dict[str, list[ReadableSpan]] = {}
    for span in exporter.get_finished_spans():
        found.setdefault(span.name, []).append(span)
    return found


def test_an_answer_with_a_tool(
    exporter: InMemorySpanExporter, chat_ada: Caller, scripted_model: Model, user: Any
) -> None:
    user.user_permissions.add(Permission.objects.get(codename="view_customer"))
    Customer.objects.create(name="Acme secretword", email="hi@acme.example")
    call = chat_call("find_customers", {"name": "secretword"})
    scripted_model.answers = [call, chat("There is one, secretword.")]
    chat_ada.stream(create("Who is secretword?"))
    found = ended(exporter)
    [run] = found["chatkit.run"]
    assert run.attributes is not None
    assert run.attributes["chatkit.outcome"] == "answered"
    assert run.attributes["chatkit.request"] == "threads.create"
    assert run.attributes["chatkit.first_word_seconds"] > 0  # type: ignore[operator]
    [tool] = found["chatkit.tool"]
    assert tool.attributes is not None
    assert tool.attributes["gen_ai.tool.name"] == "find_customers"
    assert len(found["chatkit.model"]) == 2
    assert found["chatkit.model"][0].attributes["gen_ai.request.model"] == "mock-1"  # type: ignore[index]
    for child in (tool, *found["chatkit.model"]):
        assert child.parent is not None
        assert child.parent.span_id == run.context.span_id
        assert child.status.is_ok or child.status.is_unset
    told = str([span.to_json() for span in exporter.get_finished_spans()])
    told = re.sub(r"[0-9a-f]{16,}", "", told)  # ids, in which "ada" stands by chance
    assert [word for word in ("secretword", "sk-canary", user.username) if word in told] == []


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
def test_the_tokens_of_a_request(
    exporter: InMemorySpanExporter,
    use: Any,
    scripted_model: Model,
    user: Any,
    workflow_id: str,
    api: str,
) -> None:
    use(OPENAI_BASE_URL=scripted_model.url, MODEL_API=api)
    said = thought_and_text("Well", "So it is.", []) if api == "responses" else chat("So it is.")
    scripted_model.answers = [said]
    Caller(secret_of(user, workflow_id)).stream(create("Why?"))
    [asked] = ended(exporter)["chatkit.model"]
    attributes = asked.attributes or {}
    assert attributes["gen_ai.usage.input_tokens"] == 120
    assert attributes["gen_ai.usage.output_tokens"] == 30
    assert attributes["gen_ai.response.model"] == "mock-large"
    assert asked.status.status_code.name != "ERROR"


def test_a_failure_without_its_words(
    exporter: InMemorySpanExporter, chat_ada: Caller, scripted_model: Model
) -> None:
    scripted_model.answers = []  # it breaks off
    chat_ada.stream(create("Who is secretword?"))
    [run] = ended(exporter)["chatkit.run"]
    assert run.status.status_code.name == "ERROR"
    assert run.status.description is None
    assert run.events == ()
    assert run.attributes is not None
    assert run.attributes["chatkit.outcome"] == "failed"
    assert str(run.attributes["error.type"]).endswith("Error")
    assert ended(exporter)["chatkit.model"][0].status.status_code.name == "ERROR"


def test_a_session(exporter: InMemorySpanExporter, use: Any, user: Any, workflow_id: str) -> None:
    use()
    client = Client()
    client.force_login(user)
    client.post(
        "/api/chatkit/session", {"workflowId": workflow_id}, content_type="application/json"
    )
    [session] = ended(exporter)["chatkit.session"]
    assert session.attributes == {"chatkit.workflow": workflow_id}


def test_the_request_s_own_span_is_the_parent(
    exporter: InMemorySpanExporter, chat_ada: Caller, scripted_model: Model
) -> None:
    scripted_model.answers = [chat("Hello.")]
    with telemetry.span("request", {}) as outer:
        assert outer is not None
        chat_ada.stream(create("Hello"))
    found = ended(exporter)
    assert found["chatkit.run"][0].parent == found["request"][0].context


def test_without_the_library_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    hooks.tracing.cache_clear()
    assert telemetry.start_span("chatkit.run", {}) is None
    with telemetry.span("chatkit.tool", {}) as span:
        assert span is None
    hooks.tracing.cache_clear()
