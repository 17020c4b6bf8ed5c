"""The help desk: every sentence from an article, and a plain word where none answers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import clear_script_prefix, set_script_prefix

from chatkit.knowledge import Match
from chatkit.knowledge.articles import parse_article
from chatkit.models import Run
from chatkit.selfhosted.replies import answer_pieces, heading, spoken

from .protocol import Caller, add, ask, create, secret_of, text_of, thread_id_of, types

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
            assert sentence.rstrip(".").removeprefix("### Refunds › ").removeprefix("### ") in EN
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

    def test_a_link_names_the_language_where_it_is_not_the_interfaces(self, desk: Caller) -> None:
        found = desk.stream(create("¿Cómo reembolso un pedido?"), **{"Accept-Language": "en"})
        url = citations(found)[0]["source"]["url"]
        assert url.startswith("/apps/chatkit/help/refunds/?language=es")
        assert Run.objects.get().cited[0]["url"] == url
        found = desk.stream(create("¿Cómo reembolso un pedido?"), **{"Accept-Language": "es"})
        assert "language=" not in citations(found)[0]["source"]["url"]
        found = desk.stream(create("How do I refund an order?"), **{"Accept-Language": "es"})
        assert "/refunds/?language=en" in citations(found)[0]["source"]["url"]

    def test_streamed_and_stored_are_the_same(self, desk: Caller) -> None:
        found = desk.stream(create("How do I refund an order?"))
        items = desk.json(ask("threads.get_by_id", thread_id=thread_id_of(found)))["items"]["data"]
        assert items[2]["content"][0]["text"] == text_of(found)
        assert items[2]["content"][0]["annotations"] == citations(found)

    def test_what_was_looked_for_is_told_and_kept(self, desk: Caller) -> None:
        found = desk.stream(create("¿Cómo reembolso un pedido?"), **{"Accept-Language": "en"})
        assert "progress_update" in types(found)
        items = desk.json(ask("threads.get_by_id", thread_id=thread_id_of(found)))["items"]["data"]
        assert [item["type"] for item in items] == ["user_message", "workflow", "assistant_message"]
        workflow = items[1]["workflow"]
        assert workflow["summary"]["title"] == "Artículos de ayuda consultados · 1 encontrado"
        assert [task["title"] for task in workflow["tasks"]] == ["Reembolsos"]

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
        # Of this process's processor, whatever else the machine does.
        started = time.process_time()
        response = desk.post(create("How do I refund an order?"))
        next(iter(response.streaming_content))
        took = time.process_time() - started
        b"".join(response.streaming_content)
        return took


def items_of(found: list[Any]) -> list[Any]:
    """What was shown, behind the question."""
    done = [e["item"] for e in found if e["type"] == "thread.item.done"]
    return [item for item in done if item["type"] != "user_message"]


def buttons_of(found: list[Any]) -> dict[str, Any]:
    """The actions of the card's buttons, by their labels."""
    return {
        child["label"]: child["onClickAction"]
        for item in items_of(found)
        if item["type"] == "widget"
        for child in item["widget"]["children"]
        if child["type"] == "Button"
    }


def press(found: list[Any], label: str) -> dict[str, Any]:
    """The request of a button."""
    card = items_of(found)[-1]
    action = {key: buttons_of(found)[label][key] for key in ("type", "payload")}
    return ask(
        "threads.custom_action", thread_id=card["thread_id"], item_id=card["id"], action=action
    )


def goes_on(found: list[Any], question: str) -> dict[str, Any]:
    """A further question in the same conversation."""
    return add(thread_id_of(found), question)


class TestCourtesies:
    @pytest.mark.parametrize("question", ["hello!", "🙂", "?", "What can you help me with?"])
    def test_a_greeting_is_met_with_topics(self, desk: Caller, question: str) -> None:
        found = desk.stream(create(question))
        assert "I answer from the help articles." in text_of(found)
        assert set(buttons_of(found)) == {"Refunds", "Warehouses"}
        assert {action["type"] for action in buttons_of(found).values()} == {"chatkit.ask"}
        assert {action["handler"] for action in buttons_of(found).values()} == {"server"}
        assert Run.objects.get().outcome == "clarified"

    @pytest.mark.parametrize(
        ("said", "answer"),
        [
            ("hello!", "Hello! I answer from"),
            ("¿En qué puedes ayudarme?", "Respondo con los artículos de ayuda."),
            ("thanks!", "You’re welcome!"),
            ("ok great, thank you so much", "You’re welcome!"),
            ("muchas gracias", "¡De nada!"),
            ("bye", "Goodbye!"),
        ],
    )
    def test_a_human_line(self, desk: Caller, said: str, answer: str) -> None:
        assert text_of(desk.stream(create(said))).startswith(answer)

    def test_thanks_want_no_topics(self, desk: Caller) -> None:
        found = desk.stream(create("thanks!"))
        assert [item["type"] for item in items_of(found)] == ["assistant_message"]
        assert Run.objects.get().outcome == "answered"

    def test_a_topic_is_answered(self, desk: Caller) -> None:
        found = desk.stream(create("hello!"))
        answer = desk.stream(press(found, "Refunds"))
        assert "thirty days" in text_of(answer)
        assert citations(answer)


class TestAsksBack:
    QUESTION = "How do I delete a customer?"

    @pytest.fixture
    def folder(self, folder: Path) -> Path:
        for name in ("privacy", "customers", "orders"):
            text = (settings.BASE_DIR / "mseller" / "help" / "en" / f"{name}.md").read_text()
            (folder / "en" / f"{name}.md").write_text(text)
        return folder

    def test_with_a_button_for_each_article(self, desk: Caller) -> None:
        found = desk.stream(create(self.QUESTION))
        assert text_of(found) == "I am not sure what you mean. Did you mean one of these?"
        assert 2 <= len(buttons_of(found)) <= 3
        assert "Manage your customers" in buttons_of(found)
        assert not citations(found)
        assert Run.objects.get().outcome == "clarified"

    def test_the_button_answers_what_was_asked(self, desk: Caller) -> None:
        found = desk.stream(create(self.QUESTION))
        answer = desk.stream(press(found, "Manage your customers"))
        assert text_of(answer).startswith("### Manage your customers › ")
        assert "company’s data" not in text_of(answer)

    def test_a_question_that_leans_on_the_last_one(self, desk: Caller) -> None:
        found = desk.stream(create("How do I create an order?"))
        answer = text_of(desk.stream(goes_on(found, "And how do I cancel it?")))
        assert answer.startswith("### Create, change and cancel orders › Cancel an order")

    def test_the_question_behind_a_long_preamble(self, desk: Caller) -> None:
        found = desk.stream(
            create(
                "Good morning! I have worked with you for years and my shop sells bread, milk and"
                " drinks. Yesterday a driver came and brought me the wrong bottles. I rang you up"
                " but nobody knew. Can I set a credit limit for a customer?"
            )
        )
        assert text_of(found).startswith("### Manage your customers › Set a credit limit")


class TestNotFound:
    QUESTION = "Who won the world cup?"

    def test_it_is_said_and_the_editors_can_be_told(self, desk: Caller) -> None:
        found = desk.stream(create(self.QUESTION))
        assert text_of(found) == "The help articles don’t answer that."
        assert list(buttons_of(found)) == ["Tell the editors"]
        run = Run.objects.get()
        assert (run.outcome, run.cited, run.editors_told_at) == ("not_found", [], None)
        assert run.searched == [{"query": self.QUESTION, "language": "en"}]

    def test_the_editors_are_told_once(self, desk: Caller) -> None:
        found = desk.stream(create(self.QUESTION))
        request = press(found, "Tell the editors")
        told = desk.stream(request)
        (replaced,) = [e["item"] for e in told if e["type"] == "thread.item.replaced"]
        assert [child["type"] for child in replaced["widget"]["children"]] == ["Text"]
        assert "The editors will see" in replaced["copy_text"]
        run = Run.objects.get(outcome="not_found")
        assert run.editors_told_at is not None
        desk.stream(request)  # from a page that still shows the button
        assert Run.objects.get(outcome="not_found").editors_told_at == run.editors_told_at
        thread = desk.json(ask("threads.get_by_id", thread_id=thread_id_of(found)))
        assert thread["items"]["data"][-1]["copy_text"] == replaced["copy_text"]

    def test_of_ones_own_questions_only(self, desk: Caller, other: Any, workflow_id: str) -> None:
        request = press(desk.stream(create(self.QUESTION)), "Tell the editors")
        stranger = Caller(secret_of(other, workflow_id))
        assert stranger.post(request).status_code == 404
        mine = stranger.stream(create(self.QUESTION))
        card = items_of(mine)[-1]
        request["params"] |= {"thread_id": card["thread_id"], "item_id": card["id"]}
        assert stranger.stream(request)[-1]["type"] == "error"
        assert not Run.objects.exclude(editors_told_at=None).exists()

    @pytest.mark.parametrize("payload", [None, [], {}, {"run": 5}, {"run": "run_x"}])
    def test_a_button_that_was_made_up(self, desk: Caller, payload: Any) -> None:
        request = press(desk.stream(create(self.QUESTION)), "Tell the editors")
        request["params"]["action"]["payload"] = payload
        assert desk.stream(request)[-1]["type"] == "error"
        assert not Run.objects.exclude(editors_told_at=None).exists()

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


def test_each_passage_stands_under_its_article_and_section() -> None:
    first, second = parse_article(EN, "refunds", "en").sections
    matches = (
        Match(second, 1.0, ("1. Pick the lines to refund.", "2. Press **Confirm**.")),
        Match(first, 1.0, ("You can refund an order for thirty days.",)),
    )
    text = "".join(piece.text for piece in answer_pieces(matches))
    assert text == (
        "### Refunds › Partial refunds\n\n"
        "1. Pick the lines to refund.\n2. Press **Confirm**.\n\n"
        "### Refunds\n\n"
        "You can refund an order for thirty days."
    )


def test_a_heading_is_one_line() -> None:
    section = replace(parse_article(EN, "refunds", "en").sections[0], title="Two\nlines")
    assert heading(section) == "### Two lines"


@pytest.mark.parametrize(
    ("asked", "words"),
    [("pt", "pt"), ("ar", "ar"), ("fr", "fr"), ("de", "de"), ("en", "en"), ("ko", "en")],
)
def test_the_words_around_are_in_a_language_of_the_app(asked: str, words: str) -> None:
    assert spoken(asked) == words


@pytest.mark.slow
def test_help_desk_needs_no_model() -> None:
    program = (
        "import sys, django; django.setup()\n"
        "from chatkit.selfhosted.helpdesk import HelpDeskServer\n"
        "server = HelpDeskServer()\n"
        "print('chatkit.selfhosted.assistant' in sys.modules)"
    )
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(  # a process of its own: another test may have loaded the assistant
        [sys.executable, "-W", "ignore", "-c", program],
        env=environ, cwd=settings.BASE_DIR, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == ["False"], done.stderr
