"""The help desk: every sentence from an article, and a plain word where none answers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import clear_script_prefix, set_script_prefix

from chatkit.knowledge import Match
from chatkit.knowledge.articles import parse_article
from chatkit.models import Run
from chatkit.selfhosted.helpdesk import answer_pieces

from .protocol import Caller, ask, create, secret_of, text_of, thread_id_of, types

EN = """# Refunds

You can refund an order for thirty days. Open the order and press **Refund**.

## Partial refunds

1. Pick the lines to refund.
2. Press **Confirm**.

The customer gets an email.
"""
ES = """# Reembolsos

Puede reembolsar un pedido durante treinta días. Abra el pedido y pulse **Reembolsar**.
"""
OTHER = """# Warehouses

A warehouse holds stock. Add one under Settings.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language, slug, text in (
        ("en", "refunds", EN),
        ("es", "refunds", ES),
        ("en", "warehouses", OTHER),
    ):
        (tmp_path / language).mkdir(exist_ok=True)
        (tmp_path / language / f"{slug}.md").write_text(text)
    return tmp_path


@pytest.fixture
def desk(
    transactional_db: None, user: Any, workflow_id: str, settings: Any, folder: Path
) -> Caller:
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {workflow_id: "chatkit.selfhosted.helpdesk.HelpDeskServer"},
        "KNOWLEDGE_DIR": str(folder),
    }
    return Caller(secret_of(user, workflow_id))


def citations(found: list[Any]) -> list[Any]:
    done = [e["item"] for e in found if e["type"] == "thread.item.done"]
    answer = next(item for item in done if item["type"] == "assistant_message")
    return list(answer["content"][0]["annotations"])


class TestAnswers:
    def test_every_sentence_is_an_articles_and_cited(self, desk: Caller) -> None:
        found = desk.stream(create("How do I refund an order?"))
        text = text_of(found)
        sentences = [line for part in text.split("\n") for line in part.split(". ") if line]
        assert sentences
        for sentence in sentences:
            assert sentence.rstrip(".") in EN
        deltas = [e for e in found if "delta" in e.get("update", {})]
        assert len(deltas) >= 3
        cited = citations(found)
        assert cited[0]["source"]["url"].startswith("/apps/chatkit/help/refunds/")
        assert cited[0]["source"]["title"].startswith("Refunds")
        assert all(0 < entry["index"] <= len(text) for entry in cited)
        assert [e["index"] for e in cited] == sorted(e["index"] for e in cited)

    def test_its_outcome(self, desk: Caller) -> None:
        desk.stream(create("How do I confirm a partial refund?"))
        run = Run.objects.get()
        assert run.outcome == "answered"
        assert run.searched == [{"query": "How do I confirm a partial refund?", "language": "en"}]
        assert run.cited[0] == {
            "article": "refunds",
            "section": "Partial refunds",
            "language": "en",
            "url": "/apps/chatkit/help/refunds/#partial-refunds",
        }

    def test_streamed_and_stored_are_the_same(self, desk: Caller) -> None:
        found = desk.stream(create("How do I refund an order?"))
        items = desk.json(ask("threads.get_by_id", thread_id=thread_id_of(found)))["items"]["data"]
        assert items[1]["content"][0]["text"] == text_of(found)
        assert items[1]["content"][0]["annotations"] == citations(found)

    def test_language_follows_the_question(self, desk: Caller) -> None:
        text = text_of(desk.stream(create("¿Cómo puedo reembolsar un pedido?")))
        assert "Puede reembolsar un pedido durante treinta días." in text

    def test_answer_changes_with_the_article(self, desk: Caller, folder: Path) -> None:
        (folder / "en" / "refunds.md").write_text(EN.replace("thirty days", "sixty days"))
        assert "sixty days" in text_of(desk.stream(create("How do I refund an order?")))

    def test_links_carry_the_sites_prefix(self, desk: Caller) -> None:
        set_script_prefix("/sub/")  # as the server's handler does for the request
        try:
            response = desk.post(create("How do I refund an order?"))
        finally:
            clear_script_prefix()
        assert b'"/sub/apps/chatkit/help/refunds/' in b"".join(response.streaming_content)

    def test_first_byte_warm(self, desk: Caller) -> None:
        desk.stream(create("How do I refund an order?"))
        best = min(self._first_byte(desk) for _ in range(5))
        assert best < 0.2

    @staticmethod
    def _first_byte(desk: Caller) -> float:
        started = time.perf_counter()
        response = desk.post(create("How do I refund an order?"))
        next(iter(response.streaming_content))
        took = time.perf_counter() - started
        b"".join(response.streaming_content)
        return took


class TestDeclines:
    @pytest.mark.parametrize("question", ["Who won the world cup?", "hola", "🙂", "?", "thanks!"])
    def test_says_so_and_offers_topics(self, desk: Caller, question: str) -> None:
        found = desk.stream(create(question))
        done = [e["item"] for e in found if e["type"] == "thread.item.done"]
        assert [item["type"] for item in done] == ["user_message", "assistant_message", "widget"]
        assert not citations(found)
        card = done[2]["widget"]
        assert card["type"] == "Card"
        actions = [button["onClickAction"] for button in card["children"]]
        assert {action["type"] for action in actions} == {"chatkit.ask"}
        assert {action["handler"] for action in actions} == {"server"}

    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("What can you help me with?", "I answer from the help articles."),
            ("thanks!", "I answer from the help articles."),
            ("¿En qué puedes ayudarme?", "Respondo con los artículos de ayuda."),
            ("Who won the world cup?", "The help articles don’t answer that."),
        ],
    )
    def test_a_greeting_is_no_question(self, desk: Caller, question: str, answer: str) -> None:
        assert text_of(desk.stream(create(question))).startswith(answer)

    @pytest.mark.parametrize(
        ("question", "outcome"),
        [("thanks!", "clarified"), ("Who won the world cup?", "not_found"), ("🙂", "clarified")],
    )
    def test_its_outcome(self, desk: Caller, question: str, outcome: str) -> None:
        desk.stream(create(question))
        run = Run.objects.get()
        assert (run.outcome, run.cited) == (outcome, [])
        assert run.searched == [{"query": question, "language": "en"}]

    def test_topic_button_is_answered(self, desk: Caller) -> None:
        found = desk.stream(create("Who won the world cup?"))
        widget = found[-1]["item"]
        button = next(b for b in widget["widget"]["children"] if b["label"] == "Refunds")
        action = {key: button["onClickAction"][key] for key in ("type", "payload")}
        answer = desk.stream(
            ask(
                "threads.custom_action",
                thread_id=widget["thread_id"],
                item_id=widget["id"],
                action=action,
            )
        )
        assert "thirty days" in text_of(answer)
        assert citations(answer)

    def test_no_articles_at_all(self, desk: Caller, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"KNOWLEDGE_DIR": None}
        found = desk.stream(create("How do I refund an order?"))
        assert text_of(found) == "The help articles don’t answer that."
        assert Run.objects.get().outcome == "not_found"
        assert types(found)[-1] == "thread.item.done"

    def test_message_without_text(self, desk: Caller) -> None:
        request = create("")
        request["params"]["input"]["content"] = []
        assert desk.stream(request)[-1]["type"] == "thread.item.done"


def test_lists_of_two_passages_do_not_run_together() -> None:
    section = parse_article(EN, "refunds", "en").sections[1]
    match = Match(section, 1.0, ("1. Pick the lines to refund.", "2. Press **Confirm**."))
    text = "".join(piece.text for piece in answer_pieces((match, match)))
    assert text == (
        "1. Pick the lines to refund.\n2. Press **Confirm**.\n\n---\n\n"
        "1. Pick the lines to refund.\n2. Press **Confirm**."
    )


def test_help_desk_needs_no_model() -> None:
    program = (
        "import sys, django; django.setup()\n"
        "from chatkit.selfhosted.helpdesk import HelpDeskServer\n"
        "server = HelpDeskServer()\n"
        "print(server.attachment_store, 'chatkit.selfhosted.assistant' in sys.modules)"
    )
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(  # a process of its own: another test may have loaded the assistant
        [sys.executable, "-W", "ignore", "-c", program],
        env=environ, cwd=settings.BASE_DIR, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == ["None", "False"], done.stderr
