"""The admin of articles: the list, the editor and its steps, versions, and who may do what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import global_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatkit.contrib.articles import editing
from chatkit.contrib.articles.admin.phrasings import PhrasingForm
from chatkit.contrib.articles.admin.texts import ArticleTextAdmin
from chatkit.contrib.articles.editing import Content, take_step
from chatkit.contrib.articles.models import (
    LONGEST_BODY,
    Article,
    ArticleText,
    Phrasing,
    Status,
    Step,
)
from chatkit.knowledge import get_knowledge
from tests.people import browser, staff

pytestmark = pytest.mark.django_db

LIST = "/admin/chatkit_articles/article/"
TEXTS = "/admin/chatkit_articles/articletext/"
PREVIEW = f"{TEXTS}preview/"


@pytest.fixture
def root(admin: Any) -> Client:
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def text(admin: Any) -> ArticleText:
    article = editing.create_article("Fly a kite")
    return editing.create_text(article, "en", Content.of("Fly a kite", "Run.", "glider"), admin)


def page(text: ArticleText, name: str = "change") -> str:
    return f"{TEXTS}{text.pk}/{name}/"


def form(text: ArticleText, **changes: Any) -> dict[str, Any]:
    text.refresh_from_db()
    values = {name: getattr(text, name) for name in ("title", "body", "keywords")}
    return values | {"edited": text.number} | changes


class TestList:
    def test_each_language_is_a_column_with_its_state(self, root: Client, text: Any) -> None:
        take_step(text, Step.PUBLISHED, None)
        take_step(text, Step.SAVED, None, content=Content.of("Fly a kite", "Let go."))
        content = root.get(LIST).content.decode()
        for column in ("English", "Español", "Português", "العربيّة"):
            assert column in content
        assert f'href="{page(text)}"' in content
        assert "Draft" in content
        assert "an older version is published" in content
        assert f"article={text.article_id}&amp;language=es" in content

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=glider", True),
            ("q=Run", True),
            ("q=volcano", False),
            ("state=draft", True),
            ("state=published", False),
            ("state=waiting", False),
            ("missing=en", True),
            ("missing=es", True),
        ],
    )
    def test_search_and_filters(self, root: Client, text: Any, query: str, found: bool) -> None:
        response = root.get(f"{LIST}?{query}")
        assert (text.article in response.context["cl"].queryset) is found

    def test_a_published_one_is_not_missing(self, root: Client, text: Any) -> None:
        take_step(text, Step.PUBLISHED, None)
        assert not root.get(f"{LIST}?missing=en").context["cl"].queryset
        assert root.get(f"{LIST}?state=published").context["cl"].queryset

    def test_queries_do_not_grow(self, root: Client) -> None:
        def count() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert root.get(LIST).status_code == 200
            return len(captured)

        counts = []
        for _ in range(2):
            for number in range(3):
                article = editing.create_article(f"Kite {number}")
                editing.create_text(article, "en", Content.of("Kite", "Run."))
            counts.append(count())
        assert counts[0] == counts[1]

    @pytest.mark.parametrize("action", ["publish", "archive"])
    def test_actions_on_several(self, root: Client, text: Any, action: str) -> None:
        posted = {"action": action, "_selected_action": [text.article_id]}
        assert root.post(LIST, posted).status_code == 302
        text.refresh_from_db()
        assert text.status == {"publish": "published", "archive": "archived"}[action]

    @pytest.mark.parametrize("permission", ["change_article", "publish_article"])
    @pytest.mark.parametrize("action", ["publish", "archive"])
    def test_actions_need_the_permissions_of_the_editor(
        self, text: Any, permission: str, action: str
    ) -> None:
        names = ("view_article", permission)
        client = browser(staff("paul", *(f"chatkit_articles.{name}" for name in names)))
        client.post(LIST, {"action": action, "_selected_action": [text.article_id]})
        text.refresh_from_db()
        assert text.status == "draft"

    def test_who_may_not_write_is_not_led_there(self, text: Any) -> None:
        client = browser(staff("vic", "chatkit_articles.view_article"))
        page_of_all = client.get(LIST).content.decode()
        assert f'href="{page(text)}"' in page_of_all
        assert f"{TEXTS}add/" not in page_of_all


class TestNew:
    def test_an_article_begins_as_a_draft(self, editor: Client) -> None:
        posted = {"title": "Row a boat", "language": "es", "body": "Rema.", "slug": ""}
        response = editor.post(f"{LIST}add/", posted)
        text = ArticleText.objects.get()
        assert response["Location"] == page(text)
        assert (text.article.slug, text.language, text.status) == ("row-a-boat", "es", "draft")
        assert text.versions.get().user.get_username() == "eve"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("slug", "fly-a-kite"),
            ("slug", "../x"),
            ("title", " "),
            ("title", "# #"),
            ("language", "xx"),
        ],
    )
    def test_what_can_not_be(self, root: Client, text: Any, field: str, value: str) -> None:
        posted = {"title": "Row", "language": "en", "body": "Row.", "slug": "row"} | {field: value}
        response = root.post(f"{LIST}add/", posted)
        assert response.status_code == 200
        assert field in response.context["adminform"].form.errors
        assert Article.objects.count() == 1

    def test_a_name_that_somebody_takes_at_the_same_moment(
        self, root: Client, text: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After the form's look: the first one does not see it yet."""
        plain, looks = Article.validate_unique, []

        def late(self: Any, *args: Any, **kwargs: Any) -> None:
            looks.append(self)
            if len(looks) > 1:
                plain(self, *args, **kwargs)

        monkeypatch.setattr(Article, "validate_unique", late)
        posted = {"title": "Row", "language": "en", "body": "My own line.", "slug": "fly-a-kite"}
        response = root.post(f"{LIST}add/", posted)
        assert response.status_code == 200
        assert "slug" in response.context["adminform"].form.errors
        assert "My own line.</textarea>" in response.content.decode()
        assert ArticleText.objects.get() == text

    def test_where_the_site_has_chosen_no_languages(
        self, root: Client, text: Any, settings: Any
    ) -> None:
        settings.LANGUAGES, settings.LANGUAGE_CODE = global_settings.LANGUAGES, "pt-br"
        english = {"accept-language": "en"}
        form = root.get(f"{LIST}add/", headers=english).context["adminform"].form
        offered = [code for code, _name in form.fields["language"].choices]
        assert offered[:3] == ["pt", "en", "af"]  # the site's, the reader's, then the others
        columns = root.get(LIST, headers=english).context["cl"].list_display
        named = {one.__name__ for one in columns if callable(one)}
        assert named == {"language_pt", "language_en"}
        page = root.get(f"{LIST}{text.article_id}/change/", headers=english)
        content = page.content.decode()
        assert content.count('<li class="chatkit-language">') == 2
        assert f"article={text.article_id}&amp;language=af" in content

    def test_another_language_of_it(self, root: Client, text: Any) -> None:
        url = f"{TEXTS}add/?article={text.article_id}&language=es"
        content = root.get(url).content.decode()
        assert "<p>Run.</p>" in content  # the English one beside it
        assert root.post(url, {"title": "Vuela", "body": "Corre.", "edited": 0}).status_code == 302
        assert text.article.texts.get(language="es").title == "Vuela"
        again = root.get(url)
        assert again["Location"] == page(text.article.texts.get(language="es"))
        assert ArticleText.objects.count() == 2

    @pytest.mark.parametrize("query", ["", "?article=x&language=es", "?article=1", "?language=es"])
    def test_no_language_without_an_article(self, root: Client, query: str) -> None:
        assert root.get(f"{TEXTS}add/{query}")["Location"] == f"{LIST}add/"

    def test_the_slug_stays(self, root: Client, text: Any) -> None:
        url = f"{LIST}{text.article_id}/change/"
        root.post(url, {"slug": "other", "order": "3"})
        text.article.refresh_from_db()
        assert (text.article.slug, text.article.order) == ("fly-a-kite", 3)


class TestEditor:
    def test_saving_is_a_version(self, root: Client, text: Any, admin: Any) -> None:
        assert root.post(page(text), form(text, body="Let go.")).status_code == 302
        newest = text.versions.first()
        assert (newest.number, newest.body, newest.user) == (2, "Let go.", admin)

    @pytest.mark.parametrize("step", [Step.REVIEW, Step.PUBLISHED, Step.ARCHIVED])
    def test_a_step_saves_first(self, root: Client, text: Any, step: str) -> None:
        response = root.post(page(text), form(text, body="Let go.", _step=step))
        assert response["Location"] == page(text)
        text.refresh_from_db()
        assert (text.status, text.body, text.number) == (step, "Let go.", 2)

    def test_publishing_shows_at_once(self, root: Client, text: Any) -> None:
        root.post(page(text), form(text, title="Zeppelins", _step="published"))
        assert get_knowledge().article("fly-a-kite", "en").title == "Zeppelins"
        root.post(page(text), form(text, _step="draft"))
        assert get_knowledge().article("fly-a-kite", "en") is None

    @pytest.mark.parametrize(
        ("live", "step", "status"),
        [
            (False, "review", 302),
            (False, "archived", 403),
            (False, "published", 403),
            (True, "archived", 403),
            (True, "draft", 403),
        ],
    )
    def test_publishing_needs_the_permission(
        self, editor: Client, text: Any, live: bool, step: str, status: int
    ) -> None:
        if live:
            take_step(text, Step.PUBLISHED, None)
        before = text.status
        assert editor.post(page(text), form(text, body="X", _step=step)).status_code == status
        text.refresh_from_db()
        assert text.status == (step if status == 302 else before)
        offered = editor.get(page(text)).content.decode()
        assert 'value="published"' not in offered

    def test_what_is_no_step_is_a_save(self, root: Client, text: Any) -> None:
        root.post(page(text), form(text, body="Let go.", _step="imported"))
        assert text.versions.first().step == "saved"

    @pytest.mark.parametrize("title", ["", "   ", "x" * 201, "a ##"])
    def test_titles_that_are_none(self, root: Client, text: Any, title: str) -> None:
        response = root.post(page(text), form(text, title=title))
        assert "title" in response.context["adminform"].form.errors

    def test_a_text_that_is_too_long(self, root: Client, text: Any) -> None:
        response = root.post(page(text), form(text, body="x" * (LONGEST_BODY + 1)))
        assert "body" in response.context["adminform"].form.errors

    def test_a_reader_of_the_admin_edits_nothing(self, db: None, text: Any) -> None:
        client = browser(staff("vic", "chatkit_articles.view_article"))
        assert client.get(page(text)).status_code == 200
        assert client.post(page(text), form(text, body="Mine.")).status_code == 403
        assert client.get(page(text, "history")).status_code == 200
        restored = client.post(page(text, "restore"), {"number": 1, "expected": 1})
        assert restored.status_code == 403


def test_a_text_that_is_deleted_while_several_are_published_is_passed_over(
    root: Client, text: ArticleText, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = editing.create_text(text.article, "es", Content.of("Volar", "Corre."))
    plain = take_step

    def late(one: ArticleText, *args: Any, **kwargs: Any) -> Any:
        ArticleText.objects.filter(pk=other.pk).delete()
        return plain(one, *args, **kwargs)

    monkeypatch.setattr(editing, "take_step", late)
    data = {"action": "publish", "_selected_action": [text.article_id]}
    html = root.post(LIST, data, follow=True).content.decode()
    assert "1 text was changed." in html
    assert "1 text was deleted meanwhile." in html
    text.refresh_from_db()
    assert text.status == Status.PUBLISHED


def test_a_writer_who_may_not_list_articles_sees_the_preview(text: ArticleText) -> None:
    names = ("add_article", "change_article")
    writer = browser(staff("will", *(f"chatkit_articles.{name}" for name in names)))
    found = re.search(
        r'href="([^"]+)"[^>]*>Preview of what is saved', writer.get(page(text)).content.decode()
    )
    assert found is not None
    response = writer.get(found[1].replace("&amp;", "&"))
    assert response.status_code == 200
    assert "Run." in response.content.decode()


class TestTwoEditors:
    def test_the_second_sees_what_the_first_did(self, root: Client, text: Any, other: Any) -> None:
        mine = form(text, body="Run.\nMy own line.")
        take_step(text, Step.SAVED, other, content=Content.of("Fly a kite", "Run fast.", "glider"))
        response = root.post(page(text), mine)
        content = response.content.decode()
        assert response.status_code == 200
        assert "This text was changed while you were editing it." in content
        assert "bob saved version 2." in content
        assert "<ins> fast</ins>" in content
        assert "My own line.</textarea>" in content  # nothing is lost
        assert 'name="edited" value="2"' in content
        assert text.versions.count() == 2
        # Sent again, it goes on from there.
        assert root.post(page(text), mine | {"edited": 2}).status_code == 302
        text.refresh_from_db()
        assert (text.number, text.body) == (3, "Run.\nMy own line.")

    def test_at_the_same_moment(
        self, root: Client, text: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The other one saves after the form has looked."""
        plain = take_step
        others = [Content.of("Fly a kite", "Theirs.")]

        def late(*args: Any, **kwargs: Any) -> Any:
            if others:
                plain(ArticleText.objects.get(pk=text.pk), Step.SAVED, None, content=others.pop())
            return plain(*args, **kwargs)

        monkeypatch.setattr(editing, "take_step", late)
        with pytest.raises(editing.Conflict):
            # A test's own transaction takes back what the other one wrote: both looks conflict.
            editing.take_step(text, Step.SAVED, None, expected=1, content=Content.of("A", "B"))
        assert text.versions.count() == 2

    def test_both_begin_a_translation(self, root: Client, text: Any, other: Any) -> None:
        url = f"{TEXTS}add/?article={text.article_id}&language=es"
        opened = root.get(url)
        assert opened.status_code == 200
        theirs = Content.of("Volar una cometa", "Corre.")
        there = editing.create_text(text.article, "es", theirs, other)
        mine = {"title": "Mi cometa", "body": "Mis palabras.", "keywords": "", "edited": "0"}
        response = root.post(url, mine)
        content = response.content.decode()
        assert response.status_code == 200
        assert "bob saved version 1." in content
        assert "Corre." in content
        assert "Mis palabras.</textarea>" in content
        assert f'action="{page(there)}"' in content
        there.refresh_from_db()
        assert there.body == "Corre."
        assert root.post(page(there), mine | {"edited": "1"}).status_code == 302
        there.refresh_from_db()
        assert (there.number, there.body) == (2, "Mis palabras.")

    def test_both_begin_a_translation_at_the_same_moment(
        self, root: Client, text: Any, other: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The other one begins after the first look: a form that was slow to be sent."""
        plain = ArticleTextAdmin.empty

        def late(self: Any, *args: Any) -> Any:
            editing.create_text(text.article, "es", Content.of("Volar", "Corre."), other)
            return plain(self, *args)

        monkeypatch.setattr(ArticleTextAdmin, "empty", late)
        mine = {"title": "Mi cometa", "body": "Mis palabras.", "edited": "0"}
        response = root.post(f"{TEXTS}add/?article={text.article_id}&language=es", mine)
        assert response.status_code == 200
        assert "bob saved version 1." in response.content.decode()
        assert "Mis palabras.</textarea>" in response.content.decode()

    def test_the_text_was_deleted(self, root: Client, text: Any) -> None:
        assert f'name="article" value="{text.article_id}"' in root.get(page(text)).content.decode()
        mine = form(text, body="My own line.", keywords="kite")
        sent = mine | {"article": text.article_id, "language": "en"}
        url = page(text)
        article = text.article
        text.delete()
        response = root.post(url, sent)
        content = response.content.decode()
        assert response.status_code == 200
        assert "This text was deleted while you were editing it." in content
        assert "My own line.</textarea>" in content
        again = f"{TEXTS}add/?article={article.pk}&language=en"
        assert f'action="{again.replace("&", "&amp;")}"' in content
        assert not article.texts.exists()
        assert root.post(again, mine).status_code == 302
        assert article.texts.get().body == "My own line."

    def test_the_article_was_deleted(self, root: Client, text: Any) -> None:
        mine = form(text, body="My own line.", keywords="own, words")
        sent = mine | {"article": text.article_id, "language": "en"}
        url, add = page(text), f"{TEXTS}add/?article={text.article_id}&language=es"
        text.article.delete()
        for address in (url, add):
            response = root.post(address, sent)
            content = response.content.decode()
            assert response.status_code == 200
            assert "This article was deleted while you were editing it." in content
            assert "My own line.</textarea>" in content
            assert "own, words</textarea>" in content
        assert not ArticleText.objects.exists()
        assert root.get(add).status_code == root.get(url).status_code == 302

    def test_without_a_number(self, root: Client, text: Any) -> None:
        values = form(text, body="Blind.")
        del values["edited"]
        response = root.post(page(text), values)
        assert "This text was changed" in response.content.decode()
        assert text.versions.count() == 1


def test_the_page_of_a_text_is_in_its_language(root: Client, text: ArticleText) -> None:
    spanish = editing.create_text(text.article, "es", Content.of("Volar una cometa", "Corre."))
    for one in (text, spanish):
        take_step(one, Step.PUBLISHED, None)
        html = root.get(page(one)).content.decode()
        url = f"/apps/chatkit/help/fly-a-kite/?language={one.language}"
        assert f'href="{url}"' in html
        assert f"<h1>{one.title}</h1>" in root.get(url).content.decode()


class TestVersions:
    def test_the_list(self, root: Client, text: Any, other: Any) -> None:
        take_step(text, Step.PUBLISHED, other)
        content = root.get(page(text, "history")).content.decode()
        for words in ("bob", "root", "Published", "what readers see"):
            assert words in content

    @pytest.mark.parametrize("view", ["side", "unified"])
    def test_what_differs(self, root: Client, text: Any, view: str) -> None:
        changed = Content.of("Fly a <kite>", "Run fast.", "glider")
        take_step(text, Step.SAVED, None, content=changed)
        content = root.get(f"{page(text, 'history')}?from=1&to=2&view={view}").content.decode()
        assert "<ins> fast</ins>" in content
        assert "&lt;" in content
        assert "<kite>" not in content

    @pytest.mark.parametrize("query", ["from=1&to=9", "from=9&to=1"])
    def test_there_is_no_such_version(self, root: Client, text: Any, query: str) -> None:
        assert root.get(f"{page(text, 'history')}?{query}").status_code == 404

    @pytest.mark.parametrize(
        "query", ["from=x&to=1", "from=1", "page=x", "from=&to=", "from=²&to=1"]
    )
    def test_broken_addresses(self, root: Client, text: Any, query: str) -> None:
        assert root.get(f"{page(text, 'history')}?{query}").status_code == 200

    def test_bring_back(self, root: Client, text: Any, admin: Any) -> None:
        take_step(text, Step.SAVED, None, content=Content.of("Other", "Other."))
        response = root.post(page(text, "restore"), {"number": 1, "expected": 2})
        assert response["Location"] == page(text)
        text.refresh_from_db()
        assert (text.title, text.body, text.keywords, text.number) == (
            *("Fly a kite", "Run.", "glider", 3),
        )
        assert text.versions.first().user == admin

    def test_bring_back_over_somebody_elses(self, root: Client, text: Any) -> None:
        take_step(text, Step.SAVED, None, content=Content.of("Other", "Other."))
        root.post(page(text, "restore"), {"number": 1, "expected": 1})
        text.refresh_from_db()
        assert (text.title, text.number) == ("Other", 2)

    @pytest.mark.parametrize("posted", [{}, {"number": "9"}, {"number": "x", "expected": "1"}])
    def test_bring_back_nothing(self, root: Client, text: Any, posted: dict[str, str]) -> None:
        assert root.post(page(text, "restore"), posted).status_code == 404
        assert root.get(page(text, "restore")).status_code == 405
        assert root.post(f"{TEXTS}999/restore/", {"number": "1"}).status_code == 404


class TestPreview:
    def ask(self, client: Client, body: str, **more: Any) -> Any:
        posted = {"title": "Kites", "body": body, "language": "en"} | more
        return client.post(PREVIEW, posted, headers={"accept": "application/json"})

    def test_it_is_what_readers_see(self, root: Client, text: Any) -> None:
        body = "## Fly\n\nLet **go**.\n\n| a | b |\n|---|---|\n| 1 | 2 |"
        shown = self.ask(root, body).json()
        root.post(page(text), form(text, title="Kites", body=body, _step="published"))
        article = root.get("/apps/chatkit/help/fly-a-kite/").content.decode()
        assert shown["html"] in article
        assert shown["notes"] == []

    @pytest.mark.parametrize(
        ("body", "note"),
        [
            ("<script>alert(1)</script>", "HTML does nothing here"),
            ("a <img src=x onerror=alert(1)> b", "HTML does nothing here"),
            ("[x](javascript:alert(1))", "can’t be followed"),
            ("[x](https://evil.example/)", "leads to another site: https://evil.example/"),
            ("![x](https://evil.example/x.png)", "is not a file of this site"),
        ],
    )
    def test_what_is_hostile_is_harmless_and_told(self, root: Client, body: str, note: str) -> None:
        said = self.ask(root, body).json()
        assert any(note in one for one in said["notes"]), said
        for mark in ("<script", "<img", 'href="javascript'):
            assert mark not in said["html"]

    def test_without_the_script_it_is_a_page(self, root: Client) -> None:
        posted = {"title": "Kites", "body": "<b>Fly</b> [x](//evil.example)", "language": "ar"}
        content = root.post(PREVIEW, posted).content.decode()
        assert "<h1>Kites</h1>" in content
        assert 'lang="ar" dir="rtl"' in content
        assert "This is a preview." in content
        assert "HTML does nothing here" in content

    def test_limits(self, root: Client, editor: Client, logged_in: Client) -> None:
        assert self.ask(root, "x" * (LONGEST_BODY + 1)).status_code == 413
        assert self.ask(editor, "Fly.").status_code == 200
        assert self.ask(logged_in, "Fly.").status_code == 302
        assert root.get(PREVIEW).status_code == 405
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = root.cookies
        assert self.ask(strict, "Fly.").status_code == 403

    @pytest.mark.parametrize("language", ["", "xx", "../..", "\x00", "e" * 5000])
    def test_any_language(self, root: Client, language: str) -> None:
        assert self.ask(root, "Fly.", language=language).status_code in (200, 400)


class TestPhrasings:
    def test_twice_is_said(self, root: Client, admin: Any) -> None:
        url = "/admin/chatkit_articles/phrasing/add/"
        posted = {"text": "How high?", "language": "en", "slug": "fly-a-kite"}
        assert root.post(url, posted).status_code == 302
        assert Phrasing.objects.get().created_by == admin
        again = root.post(url, posted | {"text": "how HIGH"})
        assert "The article has this phrasing already." in again.content.decode()

    def test_twice_at_the_same_moment(self, root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        """The form does not see the other one at its first look."""
        url = "/admin/chatkit_articles/phrasing/add/"
        posted = {"text": "How high?", "language": "en", "slug": "fly-a-kite"}
        assert root.post(url, posted).status_code == 302
        plain, looks = PhrasingForm.clean, []

        def late(self: Any) -> Any:
            looks.append(self)
            return plain(self) if len(looks) > 1 else self.cleaned_data

        monkeypatch.setattr(PhrasingForm, "clean", late)
        response = root.post(url, posted)
        assert response.status_code == 200
        assert "The article has this phrasing already." in response.content.decode()
        assert Phrasing.objects.count() == 1

    @pytest.mark.parametrize("slug", ["Fly a kite", "fly_a_kite", "kites/fly", "drachen-für-alle"])
    def test_a_name_that_an_import_refuses_is_refused(self, root: Client, slug: str) -> None:
        posted = {"text": "How high?", "language": "en", "slug": slug}
        response = root.post("/admin/chatkit_articles/phrasing/add/", posted)
        assert "Use a–z, 0–9 and - only." in response.content.decode()
        assert not Phrasing.objects.exists()


def test_deleting_takes_all_of_it(root: Client, text: Any) -> None:
    take_step(text, Step.PUBLISHED, None)
    root.post(f"{LIST}{text.article_id}/delete/", {"post": "yes"})
    assert not Article.objects.exists()
    assert get_knowledge().article("fly-a-kite", "en") is None


def test_statuses_have_a_colour() -> None:
    assert {status.value for status in Status} == {"draft", "review", "published", "archived"}
