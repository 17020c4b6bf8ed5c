"""Several editors, threads and processes at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from chatkit.contrib.articles import editing
from chatkit.contrib.articles.editing import Conflict, Content, create_draft, take_step
from chatkit.contrib.articles.models import Article, ArticleText, Revision, Step, Version
from chatkit.knowledge import get_knowledge

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(django_settings.BASE_DIR)
EDITORS = 5
# A process of its own, which answers a line for each line that it reads.
READER = """
import sys
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from chatkit.knowledge import get_knowledge
print("ready", flush=True)
for line in sys.stdin:
    found = get_knowledge().search(line.strip(), language="en").matches
    print(found[0].section.title if found else "-", flush=True)
"""


def at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """The results of jobs that begin together, or what they raised."""
    barrier = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(number: int) -> None:
        try:
            barrier.wait(10)
            results[number] = jobs[number]()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.fixture
def text(db: None) -> ArticleText:
    article = editing.create_article("Fly a kite")
    return editing.create_text(article, "en", Content.of("Fly a kite", "Run."))


def test_one_of_several_editors_saves(text: ArticleText) -> None:
    def save(number: int) -> Any:
        mine = ArticleText.objects.get(pk=text.pk)
        content = Content.of("Fly a kite", f"Editor {number}.")
        return take_step(mine, Step.SAVED, None, content=content, expected=1)

    results = at_once([partial(save, number) for number in range(EDITORS)])
    assert sum(isinstance(result, Version) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == EDITORS - 1, results
    text.refresh_from_db()
    assert text.number == 2
    assert text.versions.count() == 2


def test_drafts_of_one_title_made_at_once(db: None) -> None:
    jobs = [lambda: create_draft("Fly", ["How?"], "en", None) for _ in range(EDITORS)]
    results = at_once(jobs)
    assert {getattr(result, "slug", result) for result in results} == {
        "fly",
        *(f"fly-{number}" for number in range(2, EDITORS + 1)),
    }


def test_the_first_changes_of_all_made_at_once(text: ArticleText) -> None:
    Revision.objects.all().delete()
    others = [
        editing.create_text(Article.objects.create(slug=f"a-{n}"), "en", Content.of("A", "B"))
        for n in range(EDITORS)
    ]
    Revision.objects.all().delete()
    results = at_once([partial(take_step, one, Step.PUBLISHED, None) for one in others])
    assert [type(result) for result in results] == [Version] * EDITORS
    assert Revision.objects.count() == 1


@pytest.mark.slow
def test_publishing_while_threads_search(text: ArticleText) -> None:
    """A question is answered by one version or the other, never by none once it is published."""
    take_step(text, Step.PUBLISHED, None)
    seen: list[str] = []

    def search() -> None:
        for _ in range(20):
            matches = get_knowledge().search("How do I fly a kite?").matches
            seen.append(matches[0].sentences[0] if matches else "")

    def publish() -> None:
        for number in range(10):
            mine = ArticleText.objects.get(pk=text.pk)
            content = Content.of("Fly a kite", f"Version {number}.")
            take_step(mine, Step.PUBLISHED, None, content=content)

    assert at_once([search, search, publish]) == [None] * 3
    assert set(seen) <= {"Run.", *(f"Version {number}." for number in range(10))}
    (last,) = get_knowledge().search("How do I fly a kite?").matches
    assert last.sentences == ("Version 9.",)


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="names the file of the test's database")
def test_another_process_sees_it_in_its_next_answer(text: ArticleText, tmp_path: Path) -> None:
    name = str(connection.settings_dict["NAME"])
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", READER, name]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:

        def ask(question: str) -> str:
            reader.stdin.write(f"{question}\n")
            reader.stdin.flush()
            return str(reader.stdout.readline().strip())

        assert reader.stdout.readline() == "ready\n"
        assert ask("How do I fly a kite?") == "-"
        take_step(text, Step.PUBLISHED, None)
        assert ask("How do I fly a kite?") == "Fly a kite"
        take_step(text, Step.ARCHIVED, None)
        assert ask("How do I fly a kite?") == "-"
        reader.stdin.close()
