"""What readers see of the articles in the database, and how soon."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatkit.contrib.articles import editing
from chatkit.contrib.articles.editing import Content, take_step
from chatkit.contrib.articles.models import Article, ArticleText, Phrasing, Step, Version
from chatkit.knowledge import get_knowledge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    (tmp_path / "en").mkdir()
    (tmp_path / "en/drums.md").write_text("# Drums\n\nBeat the drum.\n")
    settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": str(tmp_path)}
    return tmp_path


def write(slug: str, body: str, language: str = "en", *, publish: bool = True) -> ArticleText:
    article, _ = Article.objects.get_or_create(slug=slug)
    content = Content.of(slug.capitalize(), body, "gliders")
    text = editing.create_text(article, language, content)
    if publish:
        take_step(text, Step.PUBLISHED, None)
    return text


def answered(question: str) -> list[str]:
    return [match.section.slug for match in get_knowledge().search(question).matches]


def slugs(language: str = "en") -> list[str]:
    return [article.slug for article in get_knowledge().articles(language)]


class TestFreshness:
    @pytest.mark.slow
    def test_publishing_and_archiving_show_at_once(self) -> None:
        text = write("kites", "Let it fly.", publish=False)
        assert "kites" not in answered("fly a kite")
        take_step(text, Step.PUBLISHED, None)
        assert answered("fly a kite") == answered("gliders") == ["kites"]
        take_step(text, Step.ARCHIVED, None)
        assert "kites" not in answered("fly a kite")

    def test_a_draft_of_what_is_published_waits(self) -> None:
        text = write("kites", "Let it fly.")
        take_step(text, Step.SAVED, None, content=Content.of("Kites", "Let it sink."))
        (match,) = get_knowledge().search("kites").matches
        assert match.sentences == ("Let it fly.",)

    def test_what_is_deleted_is_gone(self) -> None:
        write("kites", "Let it fly.")
        assert slugs() == ["drums", "kites"]
        Article.objects.all().delete()
        assert slugs() == ["drums"]

    def test_the_order_counts_at_once(self) -> None:
        write("kites", "Let it fly.")
        article = Article.objects.get()
        article.order = 1
        article.save()
        assert slugs() == ["kites", "drums"]

    def test_a_question_costs_one_query(self) -> None:
        for name in ("kites", "boats", "carts"):
            write(name, f"All about {name}.")
        answered("kites")
        reads = [line for line in queries(lambda: answered("kites")) if "SAVEPOINT" not in line]
        assert len(reads) == 1
        assert "chatkit_articles_revision" in reads[0]

    def test_only_what_has_changed_is_read_again(self) -> None:
        for name in ("kites", "boats", "carts"):
            write(name, f"All about {name}.")
        answered("kites")
        text = ArticleText.objects.get(title="Boats")
        take_step(text, Step.SAVED, None, content=Content.of("Boats", "Row them."))
        version = take_step(text, Step.PUBLISHED, None)
        assert version is not None
        read = queries(lambda: answered("boats"))
        bodies = [line for line in read if "body" in line]
        assert len(bodies) == 1
        assert f"IN ({version.pk})" in bodies[0]

    def test_what_is_taken_back_by_the_database_is_forgotten(self) -> None:
        with transaction.atomic():
            write("kites", "Let it fly.")
            assert slugs() == ["drums", "kites"]
            transaction.set_rollback(True)
        assert slugs() == ["drums"]
        write("boats", "Row.")
        assert slugs() == ["boats", "drums"]


def queries(call: Any) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured]


class TestBesideTheFolder:
    def test_the_same_slug_wins(self) -> None:
        write("drums", "Tap it.")
        (match,) = get_knowledge().search("drums").matches
        assert match.sentences == ("Tap it.",)

    def test_a_draft_leaves_the_folders(self) -> None:
        write("drums", "Tap it.", publish=False)
        assert answered("beat a drum") == ["drums"]

    def test_archiving_hides_the_folders_too(self) -> None:
        take_step(write("drums", "Tap it."), Step.ARCHIVED, None)
        assert answered("beat a drum") == []

    def test_another_language_of_it_stays(self, folder: Path) -> None:
        write("drums", "Toca el tambor.", "es")
        assert get_knowledge().article("drums", "en").text.endswith("Beat the drum.")

    def test_a_phrasing_leads_to_the_folders(self) -> None:
        write("kites", "Let it fly.")
        asked = "What do I do about my kite?"
        assert answered(asked) == ["kites"]
        Phrasing.objects.create(text="what do i do about my KITE", language="en", slug="drums")
        assert answered(asked) == ["drums"]
        Phrasing.objects.all().delete()
        assert answered(asked) == ["kites"]


class TestAnywhere:
    @pytest.mark.django_db(transaction=True)
    def test_on_a_thread_it_leaves_no_connection(self) -> None:
        write("kites", "Let it fly.")
        found: list[Any] = []

        def ask() -> None:
            found.append(answered("fly a kite"))
            found.append(connection.connection)

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        assert found == [["kites"], None]

    @pytest.mark.django_db(transaction=True)
    def test_on_an_event_loop(self) -> None:
        write("kites", "Let it fly.")

        async def ask() -> list[str]:
            return answered("fly a kite")

        assert asyncio.run(ask()) == ["kites"]

    def test_a_failure_leaves_the_transaction_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("chatkit.contrib.articles.models.Revision._meta.db_table", "no_table")
        assert answered("beat a drum") == ["drums"]
        assert Version.objects.count() == 0


class TestPage:
    def test_it_shows_what_is_published(self, logged_in: Client) -> None:
        write("kites", "## Fly\n\nLet it **fly**.")
        page = logged_in.get("/apps/chatkit/help/kites/").content.decode()
        assert "<h1>Kites</h1>" in page
        assert '<h2 id="fly">' in page
        assert "<strong>fly</strong>" in page

    def test_readers_find_no_draft(self, logged_in: Client) -> None:
        write("kites", "Let it fly.", publish=False)
        assert logged_in.get("/apps/chatkit/help/kites/").status_code == 404
        assert logged_in.get("/apps/chatkit/help/kites/?draft").status_code == 404

    def test_editors_see_it_as_a_preview(self, logged_in: Client, user: Any) -> None:
        text = write("kites", "Let it fly.", publish=False)
        may_view = Permission.objects.get(codename="view_article")
        user.user_permissions.add(may_view)
        page = logged_in.get("/apps/chatkit/help/kites/").content.decode()
        assert "Let it fly." in page
        assert "This is a preview." in page
        take_step(text, Step.PUBLISHED, None)
        take_step(text, Step.SAVED, None, content=Content.of("Kites", "Let it sink."))
        assert "Let it fly." in logged_in.get("/apps/chatkit/help/kites/").content.decode()
        newest = logged_in.get("/apps/chatkit/help/kites/?draft").content.decode()
        assert "Let it sink." in newest

    def test_a_preview_is_of_the_language_asked_for(self, admin: Any, client: Client) -> None:
        write("kites", "Fly.", publish=False)
        write("kites", "Vuela.", "es", publish=False)
        client.force_login(admin)
        for language, words in (("es", "Vuela."), ("en", "Fly."), ("xx", "Fly.")):
            page = client.get(f"/apps/chatkit/help/kites/?draft&language={language}")
            assert words in page.content.decode()
