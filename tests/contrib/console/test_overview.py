"""The overview: one sentence, figures that lead to what they count, what was cited, who asked."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatkit.contrib.articles.models import Vote
from chatkit.contrib.console import daily
from chatkit.contrib.console.causes import CAUSES, in_words, key_of
from chatkit.contrib.console.models import Budget, Spent, Switch
from chatkit.contrib.console.period import today

from .traffic import DAY, asked

URL = "/apps/chatkit/console/"


def rows(page: str) -> list[list[str]]:
    """The text of a page's table rows, those of its heads left out."""
    bodies = "".join(re.findall(r"<tbody>(.*?)</tbody>", page, re.S))
    lines = re.findall(r"<tr>(.*?)</tr>", bodies, re.S)
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", line, re.S) for line in lines]
    return [[" ".join(re.sub(r"<.*?>", " ", cell).split()) for cell in line] for line in cells]


def figure(page: str, label: str) -> tuple[str, str]:
    """A card's value, and the address that it leads to, "" for none."""
    card = next(part for part in page.split('class="ckc-card ckc-figure') if f">{label}<" in part)
    found = re.search(r'class="ckc-figure-text">(.*?)<', card)
    url = re.search(r'<a href="(.*?)"', card)
    return found[1] if found else "", unescape(url[1]) if url else ""


def health(page: str) -> str:
    found = re.search(
        r'class="ckc-health is-(\w+)">.*?</svg></span><span>(.*?)</span></p>', page, re.S
    )
    assert found
    return f"{found[1]}: " + " ".join(re.sub(r"<.*?>", " ", unescape(found[2])).split())


class TestHealth:
    def test_nothing_is_asked(self, console: Client) -> None:
        page = console.get(URL).content.decode()
        assert health(page) == "info: Nobody has asked anything in this period."

    def test_all_is_well(self, console: Client, user: Any) -> None:
        for _time in range(3):
            asked(user, first_token_ms=1400)
        page = console.get(URL).content.decode()
        assert health(page) == "success: 100 % answered, no failures, first word 1.4 s."

    def test_failures_are_told_with_their_cause(self, console: Client, user: Any) -> None:
        for _time in range(24):
            asked(user, first_token_ms=1400)
        asked(user, outcome="failed", error="APITimeoutError")
        assert health(console.get(URL).content.decode()) == (
            "warning: 96 % answered, 1 failure, first word 1.4 s. "
            "Most frequent cause: The model did not answer in time (1)."
        )
        for _time in range(6):
            asked(user, outcome="interrupted", error="process gone")
        assert health(console.get(URL).content.decode()).startswith("error: 77 % answered, 7 fail")

    def test_questions_without_an_answer(self, console: Client, user: Any) -> None:
        for outcome in ("answered", "answered", "answered", "answered", "not_found"):
            asked(user, outcome=outcome)
        assert health(console.get(URL).content.decode()) == (
            "warning: 80 % answered, no failures. "
            "20 % of the questions found no answer in the articles."
        )


class TestFigures:
    @pytest.fixture
    def page(self, console: Client, user: Any, other: Any) -> str:
        for number in range(6):
            asked(user, outcome="failed" if number % 2 else "interrupted", error="APITimeoutError")
        asked(other, down=True)
        asked(other, outcome="clarified")
        asked(other, outcome="not_found")
        asked(other, at=None, outcome="", status="running")
        asked(user, outcome="failed", error="x", at=asked(user).created_at - 2 * DAY)
        return console.get(URL, {"period": "today"}).content.decode()

    @pytest.mark.parametrize(
        ("label", "value", "count"),
        [
            ("Questions", "11", 11),
            ("Answered", "30 %", 3),
            ("Failed or interrupted", "6", 6),
            ("No answer found", "1", 1),
            ("Thumbs down", "1", 1),
        ],
    )
    def test_each_leads_to_what_it_counts(
        self, page: str, console: Client, label: str, value: str, count: int
    ) -> None:
        shown, url = figure(page, label)
        assert shown == value
        assert "period=today" in url
        assert len(rows(console.get(url).content.decode())) == count

    def test_so_does_a_cause(self, page: str, console: Client, user: Any) -> None:
        asked(user, outcome="failed", error="StreamCut")
        page = console.get(URL, {"period": "today"}).content.decode()
        assert ["The model did not answer in time", "6"] in rows(page)
        (url,) = re.findall(r'href="([^"]*cause=slow[^"]*)"', page)
        assert len(rows(console.get(unescape(url)).content.decode())) == 6

    def test_so_does_a_person(self, page: str, console: Client, user: Any) -> None:
        assert ["ada", "7", "0", "6"] in rows(page)
        (url,) = re.findall(r'href="([^"]*person=ada[^"]*)"', page)
        assert "period=today" in url

    def test_the_period_before_is_compared_with(self, console: Client, user: Any) -> None:
        for days, count in ((0, 3), (8, 2), (20, 9)):
            for _time in range(count):
                asked(user, at=asked(user).created_at - days * DAY if days else None)
        page = console.get(URL).content.decode()
        assert figure(page, "Questions")[0] == str(3 + 11)
        assert "+600 %" in page  # 14 and 2

    def test_the_share_of_answers_is_compared_and_not_their_number(
        self, console: Client, user: Any
    ) -> None:
        now = asked(user, outcome="answered").created_at
        for outcome in ("answered", "answered", "not_found", "not_found"):
            asked(user, outcome=outcome, at=now - 8 * DAY)
        page = console.get(URL).content.decode()
        assert re.findall(r'ckc-change( is-\w+)?"><bdi>(.+?)</bdi>', page)[:2] == [
            ("", "\N{MINUS SIGN}75 %"),  # questions
            (" is-success", "+100 %"),
        ]

    def test_days_and_articles(self, console: Client, user: Any) -> None:
        asked(user, cited=[{"article": "orders"}, {"article": "gone-since"}])
        found = rows(console.get(URL, {"period": "today"}).content.decode())
        assert found[0][1:] == ["1", "0", "0", "0", "0"]
        assert ["Create, change and cancel orders", "1", "0"] in found
        assert ["gone-since", "1", "0"] in found


def test_days_that_are_not_made_up_are_told(console: Client, user: Any) -> None:
    now = timezone.now()
    for days in (0, 1, 3, 5):
        asked(user, at=now - days * DAY)
    assert "3 days of this period are counted from their answers" in page_of(console)
    daily.make_up([today() - days * DAY for days in range(1, 7)])
    assert "are counted from" not in page_of(console)


def test_days_on_which_nobody_asked_wait_for_nothing(console: Client, user: Any) -> None:
    assert "chatkit_rollup" not in page_of(console)
    asked(user)
    assert "chatkit_rollup" not in page_of(console)


def test_what_stops_people_is_told_first(console: Client, user: Any) -> None:
    Switch.objects.create(workflow_id="wf_1", notice="Back at nine.")
    Budget.objects.create(amount=1, unit="messages", span="day")
    for_all = Budget.objects.get()
    Spent.objects.create(budget=for_all, begins=today(), messages=1)
    page = page_of(console)
    assert "The assistant is offline: wf_1" in page
    assert "Everybody: 1 message a day: all of it is used" in page


def test_votes_on_articles_of_the_folder(console: Client, user: Any, other: Any) -> None:
    Vote.objects.create(slug="orders", language="en", user=user, helpful=False)
    Vote.objects.create(slug="orders", language="en", user=other, helpful=True)
    Vote.objects.create(slug="gone-since", language="en", user=user, helpful=True)
    old = timezone.now() - 30 * DAY
    Vote.objects.create(slug="stock", language="en", user=user, helpful=True, created_at=old)
    page = page_of(console).partition('id="ckc-helpful"')[2]
    assert rows(page) == [["Create, change and cancel orders", "1", "1"], ["gone-since", "0", "1"]]


def test_a_vote_counts_when_it_was_given_last(console: Client, reader: Any) -> None:
    old = timezone.now() - 30 * DAY
    Vote.objects.create(slug="orders", language="en", user=reader, helpful=False, created_at=old)
    console.post("/apps/chatkit/help/orders/helpful/", {"helpful": "yes"})
    page = page_of(console).partition('id="ckc-helpful"')[2]
    assert rows(page) == [["Create, change and cancel orders", "0", "1"]]


def test_an_article_in_another_language_than_the_readers_is_named(
    console: Client, user: Any, tmp_path: Path, settings: Any
) -> None:
    for language, slug, title in (("en", "kites", "Kites"), ("de", "trommeln", "Trommeln")):
        (tmp_path / language).mkdir()
        (tmp_path / language / f"{slug}.md").write_text(f"# {title}\n\nText.\n")
    settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": str(tmp_path)}
    asked(user, cited=[{"article": "trommeln"}])
    Vote.objects.create(slug="trommeln", language="de", user=user, helpful=False)
    page = page_of(console)
    assert re.findall(">(trommeln|Trommeln)</a>", page) == ["Trommeln", "Trommeln"]


def test_votes_on_an_article_of_a_workflows_own_are_its_own(
    console: Client, user: Any, tmp_path: Path, settings: Any
) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "orders.md").write_text("# Orders of the house\n\nText.\n")
    entry = {"server": "chatkit.selfhosted.helpdesk.HelpDeskServer", "knowledge": str(tmp_path)}
    table = {**settings.CHATKIT["WORKFLOWS"], "handbook": entry}
    settings.CHATKIT = {**settings.CHATKIT, "WORKFLOWS": table}
    for workflow_id, helpful in (("", True), ("handbook", False)):
        Vote.objects.create(
            slug="orders", language="en", workflow_id=workflow_id, user=user, helpful=helpful
        )
    page = page_of(console).partition('id="ckc-helpful"')[2]
    assert rows(page) == [
        ["Orders of the house", "1", "0"],
        ["Create, change and cancel orders", "0", "1"],
    ]
    assert "/apps/chatkit/help/orders/?workflow=handbook" in page


def page_of(console: Client) -> str:
    return str(console.get(URL).content.decode())


class TestQueries:
    @pytest.mark.slow
    def test_their_number_does_not_grow(
        self, console: Client, user: Any, other: Any, django_assert_max_num_queries: Any
    ) -> None:
        def count() -> int:
            with django_assert_max_num_queries(40) as found:
                console.get(URL, {"period": "30d"})
            return len(found)

        asked(user, cited=[{"article": "orders"}])
        first = count()
        for days in range(20):
            for person in (user, other):
                run = asked(person, error="x", outcome="failed" if days % 2 else "answered")
                asked(person, at=run.created_at - days * DAY, cited=[{"article": f"a{days}"}])
        assert count() == first
        daily.make_up([today() - days * DAY for days in range(1, 61)])
        assert count() <= first


class TestCauses:
    def test_each_has_a_key_of_its_own(self) -> None:
        assert len({key for key, _pattern, _words in CAUSES}) == len(CAUSES)

    def test_what_is_recorded_is_told_in_words(self) -> None:
        told = {
            "APITimeoutError": "slow",
            "APIStatusError 504": "slow",
            "timeout": "too_long",
            "RateLimitError 429": "limit",
            "AuthenticationError 401": "key",
            "InternalServerError 500": "model",
            "BadRequestError 400": "not_accepted",
            "process gone": "restarted",
            "not stored": "database",
            "AnswerTooLong": "cut_long",
            "CustomStreamError": "own_words",
        }
        assert {error: key_of(error) for error in told} == told
        assert in_words("") == "No cause was recorded"
        assert in_words("our own words") == key_of("our own words") == "our own words"
