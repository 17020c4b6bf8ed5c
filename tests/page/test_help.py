"""The index of the help articles: what it lists, what its search finds, and what it says else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, modify_settings

from chatkit.knowledge import Knowledge
from chatkit.page import below, help

HELP = "/apps/chatkit/help/"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    for name, text in {
        "en/drums": "# Drums\n\nA drum is **loud**.\n\n## Beat a drum\n\nUse two sticks, a-b.\n",
        "en/kites": "---\norder: 1\n---\n# Kites\n\nLet it fly.\n",
        "es/kites": "# Cometas\n\nDéjala volar.\n",
        "es/solo": "# Solo en español\n\nHola a la guitarra.\n",
    }.items():
        file = tmp_path / f"{name}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": str(tmp_path)}
    return tmp_path


def text_of(client: Client, query: str | None = None, **headers: str) -> str:
    data = {} if query is None else {"q": query}
    response = client.get(HELP, data, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def titles(html: str) -> list[str]:
    return re.findall(r"<h3><a href=[^>]*>(.*?)</a></h3>", html)


@pytest.mark.usefixtures("folder")
class TestList:
    def test_each_article_once_in_the_readers_language(self, logged_in: Client) -> None:
        html = text_of(logged_in)
        assert titles(html) == ["Kites", "Drums", "Solo en español"]
        assert "A drum is loud." in html
        spanish = text_of(logged_in, **{"accept-language": "es"})
        assert titles(spanish) == ["Drums", "Cometas", "Solo en español"]

    def test_says_which_language_another_one_is_in(self, logged_in: Client) -> None:
        html = text_of(logged_in)
        assert html.count("In Spanish") == 1
        assert '<li class="ck-card" lang="es" dir="ltr">' in html

    def test_of_many_some_at_a_time(
        self, logged_in: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What a page costs is bounded, however many there are."""
        for number in range(help.PER_PAGE * 6):
            (folder / "en" / f"z{number:04}.md").write_text(f"# Article {number}\n\nSome words.\n")
        made: list[Any] = []
        plain = help.entry

        def counted(*args: Any) -> Any:
            made.append(args)
            return plain(*args)

        monkeypatch.setattr(help, "entry", counted)
        html = text_of(logged_in)
        assert len(made) == len(titles(html)) == help.PER_PAGE
        assert titles(html)[:2] == ["Kites", "Drums"]
        assert "Articles 1 to 60 of 363" in html
        assert "<title>Help" in html
        assert '<a class="ck-btn" href="?page=2#articles" rel="next">Next</a>' in html
        assert 'rel="prev"' not in html
        assert '<a href="?page=7#articles">7</a>' in html
        seen = titles(html)
        for number in range(2, 8):
            response = logged_in.get(HELP, {"page": number})
            html = response.content.decode()
            seen += titles(html)
            assert f'<strong aria-current="page">{number}</strong>' in html
            assert f"<title>Page {number} – Help" in html
        assert 'rel="next"' not in html
        assert 'href="?page=6#articles" rel="prev"' in html
        assert len(seen) == len(set(seen)) == 363
        assert titles(logged_in.get(HELP, {"page": "99"}).content.decode()) == titles(html)
        assert titles(logged_in.get(HELP, {"page": "x"}).content.decode())[0] == "Kites"

    def test_the_pages_stay_with_their_workflow(
        self, logged_in: Client, folder: Path, workflow_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(help, "PER_PAGE", 2)
        html = logged_in.get(HELP, {"workflow": workflow_id}).content.decode()
        assert f'href="?workflow={workflow_id}&amp;page=2#articles"' in html

    def test_few_have_no_pages(self, logged_in: Client) -> None:
        assert "ck-pages" not in text_of(logged_in)

    def test_all_are_put_in_order_once(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        knowledge = Knowledge(folder)
        first = knowledge.catalogue("es")
        assert knowledge.catalogue("es") is first
        assert knowledge.catalogue("en") is knowledge.catalogue("de")  # which has none
        (folder / "en" / "new.md").write_text("# New\n\nWords.\n")
        assert len(knowledge.catalogue("es")) == len(first) + 1

    def test_without_articles(self, logged_in: Client, settings: Any) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": None}
        assert "There are no help articles yet." in text_of(logged_in)

    def test_the_article_leads_back(self, logged_in: Client) -> None:
        html = logged_in.get(f"{HELP}drums/").content.decode()
        assert f'<a href="{HELP}">' in html

    def test_without_a_template_of_the_site(self, logged_in: Client, settings: Any) -> None:
        assert "ck-alone-main" not in text_of(logged_in)
        settings.CHATKIT = {**settings.CHATKIT, "BASE_TEMPLATE": None}
        html = text_of(logged_in)
        assert "ck-alone-main" in html
        assert "Drums" in titles(html)


@pytest.mark.usefixtures("folder")
class TestSearch:
    def test_passages_stand_under_their_articles(self, logged_in: Client) -> None:
        html = text_of(logged_in, "How do I beat a drum?")
        assert titles(html)[0] == "Drums"
        link = f'<a href="{HELP}drums/#beat-a-drum:~:text=Use%20two%20sticks%2C%20a%2Db.">'
        assert link + '<span class="chatkit-hidden">Drums › </span>Beat a drum</a>' in html
        assert "Use two sticks, a-b." in html

    def test_a_section_without_a_heading(self, logged_in: Client) -> None:
        html = text_of(logged_in, "fly a kite")
        assert f'href="{HELP}kites/#:~:text=Let%20it%20fly."' in html

    def test_of_another_language_than_the_readers(self, logged_in: Client) -> None:
        html = text_of(logged_in, "¿Cómo hago volar la cometa?")
        assert f'href="{HELP}kites/?language=es#:~:text=D%C3%A9jala%20volar."' in html

    def test_a_question_in_another_language(self, logged_in: Client) -> None:
        html = text_of(logged_in, "¿Cómo hago volar la cometa?")
        assert titles(html) == ["Cometas"]
        assert "In Spanish" in html

    def test_not_found_offers_the_assistant(self, logged_in: Client) -> None:
        html = text_of(logged_in, "quantum chromodynamics & more")
        assert "No article answers" in html
        assert "/apps/chatkit/?ask=quantum%20chromodynamics%20%26%20more" in html

    @pytest.mark.parametrize(
        "query", ["<script>alert(1)</script>", '" onfocus="alert(1)', "%", "*", "NEAR(", "x" * 9000]
    )
    def test_any_text_may_be_searched(self, logged_in: Client, query: str) -> None:
        html = text_of(logged_in, query)
        assert "<script>alert" not in html
        assert '" onfocus="alert' not in html

    @modify_settings(MIDDLEWARE={"remove": "mseller.middleware.NoNulMiddleware"})
    def test_without_words_it_is_the_list(self, logged_in: Client) -> None:
        assert "Drums" in titles(text_of(logged_in, " \x00 "))


class TestBelowAnArticle:
    def test_a_part_that_fails_takes_nothing_else_down(
        self, logged_in: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(request: Any, article: Any) -> Any:
            raise RuntimeError

        monkeypatch.setattr(below, "_parts", [broken])
        assert logged_in.get(f"{HELP}returns/").status_code == 200
