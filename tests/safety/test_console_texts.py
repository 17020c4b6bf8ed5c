"""Hostile texts as questions that were answered in vain: in the console, its CSV, and the articles
that are made of them. HOSTILE_TEXTS=all asks every text of this folder."""

from __future__ import annotations

import csv
import io
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse

from chatkit.contrib.articles.models import Article, ArticleText, Phrasing
from chatkit.contrib.console.models import Question
from chatkit.models import Run

from ..contrib.console.traffic import asked
from . import world
from .hostile import TEXTS, drawn
from .test_exports import FORMULA
from .test_hostile_texts import MARKUP
from .world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SECONDS = 5  # of the processor, for one text on all that shows it alone
CONSOLE = "/apps/chatkit/console/"
LISTS = ["", "conversations/", "conversations/?list=answers", "unanswered/", "usage/"]
CSV = re.compile(r'href="([^"]*[?&;]csv=[^"]*)"')
ASKED = drawn() if os.environ.get("HOSTILE_TEXTS") == "all" else TEXTS
LARGEST = 3_000_000  # bytes of a page


@pytest.fixture
def site(db: None, workflow_id: str) -> World:
    return world.build(workflow_id)


def name_of(text: str, number: int) -> str:
    """A user name of it that no other text has; as it is kept, for it may become longer."""
    return f"{get_user_model().normalize_username(text)[:140]}{number}"


@pytest.fixture
def runs(site: World) -> dict[str, Run]:
    """For each text somebody's question, the answer, the cause of a failure and a name."""
    users = get_user_model().objects
    return {
        name: asked(
            users.create_user(name_of(text, number)),
            text, text, outcome="not_found", error=text[:200], down=True,
        )
        for number, (name, text) in enumerate(ASKED.items())
    }  # fmt: skip


def seen(site: World, url: str, **posted: str) -> str:
    """A page as root has it, with no markup of a text and not too long; or a table as CSV."""
    client = site.people["root"].client
    response: Any = client.post(url, posted, follow=True) if posted else client.get(url)
    assert response.status_code == 200, url
    if response.streaming:
        return str(b"".join(response.streaming_content).decode("utf-8-sig"))
    assert len(response.content) < LARGEST, url
    assert not MARKUP.search(response.content), url
    return str(response.content.decode())


def in_time(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in found.items():
        began = time.process_time()
        yield name, value
        took = time.process_time() - began
        assert took < SECONDS, f"{name}: {took:.1f} s"


def test_lists_and_their_csv(site: World, runs: dict[str, Run]) -> None:
    page = seen(site, CONSOLE + "unanswered/")
    assert "&lt;script&gt;alert(1)" in page
    count = 0
    for path in LISTS:
        for address in CSV.findall(seen(site, CONSOLE + path)):
            text = seen(site, address.replace("&amp;", "&"))
            for delimiter in ",;\t":
                rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
                assert not [cell for row in rows for cell in row if FORMULA.match(cell)], address
                if delimiter == ",":
                    assert {len(row) for row in rows} == {len(rows[0])}, address
            count += 1
    assert count > 5


def test_each_as_a_transcript_and_as_what_is_searched(site: World, runs: dict[str, Run]) -> None:
    for name, run in in_time(runs):
        conversation = reverse("chatkit_console:conversation", args=[run.thread_id])
        assert "ckc-transcript" in seen(site, conversation), name
        assert "ckc-wanted" not in seen(site, f"{conversation}open/", item=ASKED[name][:200])
        words = ASKED[name][:300]
        assert "ckc-" in seen(site, f"{CONSOLE}conversations/search/", words=words, person=words)


def test_each_as_an_article_and_a_phrasing(
    site: World, runs: dict[str, Run], tmp_path: Path
) -> None:
    seen(site, CONSOLE + "unanswered/")  # groups them
    names = {run.pk: name for name, run in runs.items()}
    groups = {
        names[question.run_id]: question.group_id
        for question in Question.objects.filter(run__in=names, group__isnull=False)
    }  # the latest of each
    assert len(groups) > len(runs) / 2  # some have no words, and some the same
    for name, pk in in_time(groups):
        question = f"{CONSOLE}unanswered/{pk}/"
        assert "ckc-lines" in seen(site, question + "?again=1"), name
        seen(site, question + "mark/", act="answered", article="getting-started")
        title = ASKED[name][:200]
        seen(site, question + "mark/", act="write", title=title)
        text = ArticleText.objects.latest("pk")
        edited = reverse("admin:chatkit_articles_articletext_change", args=[text.pk])
        assert 'name="body"' in seen(site, edited), name
    assert Phrasing.objects.count() > len(groups) / 2
    for model in ("article", "phrasing"):
        seen(site, reverse(f"admin:chatkit_articles_{model}_changelist"))
    call_command("chatkit_articles", "export", str(tmp_path), stdout=io.StringIO())
    files = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.md")}
    assert len(files) == ArticleText.objects.count() == len(groups)
    Article.objects.all().delete()
    call_command("chatkit_articles", "import", str(tmp_path), stdout=io.StringIO())
    again = tmp_path / "again"
    call_command("chatkit_articles", "export", str(again), stdout=io.StringIO())
    assert {path.relative_to(again): path.read_bytes() for path in again.rglob("*.md")} == files
