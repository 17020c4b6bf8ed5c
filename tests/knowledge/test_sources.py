"""Articles of registered sources, beside those of the folder."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatkit.knowledge import encoder, get_knowledge
from chatkit.knowledge.articles import Article, parse_article
from chatkit.knowledge.sources import Contents, Source, register, unregister


class Shelf(Source):
    """A source in memory that counts how often it is read."""

    def __init__(self) -> None:
        self.revision: int | None = 0
        self.contents = Contents()
        self.reads = 0

    def version(self) -> int:
        if self.revision is None:
            raise OSError("gone")
        return self.revision

    def read(self) -> Contents:
        self.reads += 1
        return self.contents

    def put(self, *articles: Article, **more: Any) -> None:
        self.contents = Contents(articles, **more)
        self.revision = (self.revision or 0) + 1


def article(text: str, slug: str = "kites", language: str = "en") -> Article:
    return parse_article(text, slug, language)


@pytest.fixture(autouse=True)
def by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a handful of articles, one is always nearest in meaning."""
    monkeypatch.setattr(encoder, "installed", lambda: False)


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    (tmp_path / "en").mkdir()
    (tmp_path / "es").mkdir()
    (tmp_path / "en/kites.md").write_text("# Kites\n\nRun with it.\n")
    (tmp_path / "es/kites.md").write_text("# Cometas\n\nCorre con ella.\n")
    (tmp_path / "en/drums.md").write_text("# Drums\n\nBeat the drum.\n")
    settings.CHATKIT = {"KNOWLEDGE_DIR": str(tmp_path)}
    return tmp_path


@pytest.fixture
def shelf(folder: Path) -> Iterator[Shelf]:
    source = Shelf()
    register(source)
    yield source
    unregister(source)


def titles(language: str = "en") -> list[str]:
    return [found.title for found in get_knowledge().articles(language)]


def answered(question: str) -> list[str]:
    return [match.section.slug for match in get_knowledge().search(question).matches]


def test_they_stand_beside_the_folders(shelf: Shelf) -> None:
    shelf.put(article("# Boats\n\nRow the boat.", "boats"))
    assert titles() == ["Boats", "Drums", "Kites"]
    assert answered("row a boat") == ["boats"]


def test_the_same_slug_goes_before_the_folders(shelf: Shelf) -> None:
    shelf.put(article("# Better kites\n\nWait for wind."))
    assert titles() == ["Drums", "Better kites"]
    assert titles("es") == ["Cometas"]


def test_what_a_source_has_taken_is_not_the_folders_any_more(shelf: Shelf) -> None:
    shelf.put(taken=frozenset({("en", "kites")}))
    assert titles() == ["Drums"]
    assert get_knowledge().article("kites", "en").language == "es"


def test_of_two_sources_the_first_registered_wins(shelf: Shelf) -> None:
    later = Shelf()
    later.put(article("# Later\n\nText."), article("# Boats\n\nRow.", "boats"))
    shelf.put(article("# First\n\nText."))
    register(later)
    try:
        assert titles() == ["Boats", "Drums", "First"]
    finally:
        unregister(later)
    assert titles() == ["Drums", "First"]


def test_changes_count_at_the_next_question_and_are_read_once(shelf: Shelf) -> None:
    shelf.put(article("# Boats\n\nRow the boat.", "boats"))
    for _ in range(3):
        assert answered("row a boat") == ["boats"]
    assert shelf.reads == 1
    shelf.put()
    assert answered("row a boat") == []
    assert shelf.reads == 2


def test_a_folder_of_its_own_has_none_of_them(shelf: Shelf, folder: Path) -> None:
    shelf.put(article("# Boats\n\nRow the boat.", "boats"))
    assert [one.slug for one in get_knowledge(folder).articles("en")] == ["drums", "kites"]


def test_a_source_that_fails_leaves_what_was_read(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.put(article("# Boats\n\nRow the boat.", "boats"))
    assert answered("row a boat") == ["boats"]
    shelf.revision = None
    with caplog.at_level(logging.WARNING, "chatkit.knowledge"):
        assert answered("row a boat") == ["boats"]
        assert answered("beat a drum") == ["drums"]
    # The site's own source is not asked here: a test without a database may not.
    told = [record for record in caplog.records if record.args and shelf in record.args]
    assert len(told) == 1


class TestPhrasings:
    """Questions that editors have given to an article."""

    QUESTION = "My thing in the sky keeps nosediving, what now?"

    def test_they_lead_to_the_folders_article(self, shelf: Shelf) -> None:
        assert answered(self.QUESTION) == []
        shelf.put(phrasings={("en", "kites"): (self.QUESTION,)})
        assert answered(self.QUESTION) == ["kites"]
        assert answered("why does my thing keep nosediving in the sky") == ["kites"]

    def test_another_question_is_still_declined(self, shelf: Shelf) -> None:
        shelf.put(phrasings={("en", "kites"): (self.QUESTION,)})
        assert answered("what is the capital of France") == []
        assert answered("beat a drum") == ["drums"]

    def test_they_win_over_the_words_of_another_article(self, shelf: Shelf) -> None:
        question = "How do I beat the drum?"
        assert answered(question) == ["drums"]
        shelf.put(phrasings={("en", "kites"): (question,)})
        assert answered(question)[0] == "kites"
        assert "drums" not in answered(question)

    def test_in_a_language_without_the_article(self, shelf: Shelf) -> None:
        shelf.put(phrasings={("pt", "drums"): ("Como tocar um bumbo barulhento?",)})
        assert answered("Como tocar um bumbo barulhento?") == ["drums"]

    def test_one_without_words_leads_nowhere(self, shelf: Shelf) -> None:
        shelf.put(phrasings={("en", "kites"): ("", "?", "the")})
        assert answered("the") == []
        assert answered("") == []

    def test_a_part_of_one_is_not_the_whole(self, shelf: Shelf) -> None:
        shelf.put(phrasings={("en", "kites"): ("Which colours of hats do pilots like best?",)})
        assert answered("Which hats?") == []
