"""Steps that articles take, and the versions that remain of them."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit.contrib.articles import editing
from chatkit.contrib.articles.editing import Conflict, Content, create_draft, take_step
from chatkit.contrib.articles.models import Article, ArticleText, Status, Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(user: Any) -> ArticleText:
    article = editing.create_article("Fly a kite", user=user)
    return editing.create_text(article, "en", Content.of("Fly a kite", "Run."), user)


def save(text: ArticleText, body: str, user: Any = None, **more: Any) -> Any:
    return take_step(text, Step.SAVED, user, content=Content.of(text.title, body), **more)


def history(text: ArticleText) -> list[tuple[int, str, str]]:
    return [(v.number, v.step, v.body) for v in text.versions.order_by("number")]


def test_each_step_is_a_version_with_who_took_it(text: ArticleText, user: Any, other: Any) -> None:
    save(text, "Let go.", other)
    take_step(text, Step.REVIEW, other)
    take_step(text, Step.PUBLISHED, user)
    assert history(text) == [
        (1, "saved", "Run."),
        (2, "saved", "Let go."),
        (3, "review", "Let go."),
        (4, "published", "Let go."),
    ]
    assert [v.user for v in text.versions.order_by("number")] == [user, other, other, user]
    assert (text.status, text.number, text.live.number) == ("published", 4, 4)


def test_what_is_saved_as_it_was_is_no_version(text: ArticleText) -> None:
    assert save(text, "\r\nRun.\r\n\r\n") is None
    take_step(text, Step.PUBLISHED, None)
    assert take_step(text, Step.PUBLISHED, None) is None
    assert text.versions.count() == 2


def test_readers_keep_what_was_published_until_the_next(text: ArticleText) -> None:
    take_step(text, Step.PUBLISHED, None)
    save(text, "Let go.")
    assert (text.status, text.live.body) == (Status.DRAFT, "Run.")
    take_step(text, Step.REVIEW, None)
    take_step(text, Step.DRAFT, None)
    assert (text.status, text.live.body) == (Status.DRAFT, "Run.")
    take_step(text, Step.PUBLISHED, None)
    assert text.live.body == "Let go."


@pytest.mark.parametrize("step", [Step.ARCHIVED, Step.DRAFT])
def test_what_is_taken_back_is_not_shown(text: ArticleText, step: str) -> None:
    take_step(text, Step.PUBLISHED, None)
    take_step(text, step, None)
    assert (text.status, text.live) == (step, None)


def test_an_archived_text_stays_so_while_it_is_edited(text: ArticleText) -> None:
    take_step(text, Step.ARCHIVED, None)
    save(text, "Let go.")
    assert text.status == Status.ARCHIVED


def test_an_older_version_can_be_brought_back(text: ArticleText) -> None:
    take_step(text, Step.PUBLISHED, None)
    save(text, "Let go.")
    editing.bring_back(text.versions.get(number=1), text, None)
    newest = text.versions.first()
    assert (newest.number, newest.body, newest.step, newest.note) == (
        *(4, "Run.", "restored", "Version 1"),
    )
    assert history(text)[2] == (3, "saved", "Let go.")


class TestTwoAtOnce:
    def test_the_second_is_told_and_nothing_is_lost(self, text: ArticleText, other: Any) -> None:
        mine = ArticleText.objects.get(pk=text.pk)
        save(text, "Theirs.", other, expected=1)
        with pytest.raises(Conflict) as told:
            save(mine, "Mine.", expected=1)
        assert told.value.text.body == "Theirs."
        assert history(text)[-1] == (2, "saved", "Theirs.")

    def test_a_text_that_is_gone(self, text: ArticleText) -> None:
        ArticleText.objects.filter(pk=text.pk).delete()
        with pytest.raises(Conflict):
            save(text, "Mine.", expected=1)


class TestWhoMay:
    @pytest.mark.parametrize(
        ("steps", "next_step", "needed"),
        [
            ([], Step.SAVED, False),
            ([], Step.REVIEW, False),
            ([], Step.PUBLISHED, True),
            # It may hide a folder's file, and show it again.
            ([], Step.ARCHIVED, True),
            ([Step.ARCHIVED], Step.DRAFT, True),
            ([Step.ARCHIVED], Step.SAVED, False),
            ([Step.PUBLISHED, Step.ARCHIVED], Step.DRAFT, False),
            ([Step.PUBLISHED], Step.ARCHIVED, True),
            ([Step.PUBLISHED], Step.DRAFT, True),
            ([Step.PUBLISHED], Step.REVIEW, False),
            ([Step.PUBLISHED, Step.REVIEW], Step.DRAFT, False),
        ],
    )
    def test_what_readers_see_takes_a_publisher(
        self, text: ArticleText, steps: list[str], next_step: str, needed: bool
    ) -> None:
        for step in steps:
            take_step(text, step, None)
        assert editing.needs_publisher(text, next_step) is needed


class TestDrafts:
    def test_it_holds_the_questions(self, user: Any) -> None:
        asked = ["How do I\nfly?", "Why not?", "Why not?", " "]
        article = create_draft("Flying in the rain", asked, "en-gb", user)
        text = article.texts.get()
        assert (article.slug, text.language, text.status) == ("flying-in-the-rain", "en", "draft")
        assert text.body.splitlines()[2:] == ["- How do I fly?", "- Why not?"]
        assert (article.created_by, text.updated_by, text.live) == (user, user, None)

    def test_in_the_language_of_the_article(self, user: Any) -> None:
        text = create_draft("Voar", ["Como?"], "pt-br", user).texts.get()
        assert (text.language, text.body.splitlines()[0][-1]) == ("pt", ":")
        assert not text.body.startswith("People")

    def test_two_of_one_title_have_two_names(self, user: Any) -> None:
        made = [create_draft("Ala!", [], "en", user).slug for _ in range(3)]
        assert made == ["ala", "ala-2", "ala-3"]

    def test_a_name_that_a_file_has_is_not_free(self, user: Any, settings: Any) -> None:
        """Publishing would replace that article, and nobody has asked for it."""
        assert create_draft("Returns", [], "en", user).slug == "returns-2"
        assert editing.create_article("Returns", slug="returns").slug == "returns"  # wanted
        settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": None}
        assert create_draft("Payments", [], "en", user).slug == "payments"

    @pytest.mark.parametrize("title", ["", "  ", "###", "\0", "# ", "سؤال", "x" * 5000, "C#"])
    def test_any_title_makes_one(self, user: Any, title: str) -> None:
        article = create_draft(title, ["q" * 5000, "\0"], "zz-hostile-../..", user)
        article.full_clean()
        article.texts.get().full_clean()

    def test_the_slug_stays_when_the_title_changes(self, text: ArticleText) -> None:
        take_step(text, Step.SAVED, None, content=Content.of("Sail a boat", "Row."))
        assert Article.objects.get().slug == "fly-a-kite"
