"""The chat page and the help articles: who gets in, which conversation, which article."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session as Login
from django.test import Client, modify_settings, override_settings
from django.urls import reverse

from chatkit.knowledge.articles import parse_article
from chatkit.knowledge.html import render_article, render_passage
from chatkit.models import Thread
from chatkit.page import asked

from .rendered import config

PAGE = "/apps/chatkit/"
HOSTED = {"WORKFLOWS": {"wf_1": "openai"}}


def nobody(user: Any, workflow_id: str) -> bool:
    return False


def first_workflow_only(user: Any, workflow_id: str) -> bool:
    return workflow_id == "wf_1"


class TestWhoGetsIn:
    @pytest.mark.django_db
    @pytest.mark.parametrize("path", [f"{PAGE}?thread=thr_1", "/apps/chatkit/help/returns/"])
    def test_strangers_log_in_first_and_come_back(self, client: Client, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=/apps/chatkit/")
        assert ("thread%3Dthr_1" in response["Location"]) == ("thread" in path)

    def test_without_the_slash_it_redirects(self, logged_in: Client) -> None:
        response = logged_in.get("/apps/chatkit")
        assert (response.status_code, response["Location"]) == (301, PAGE)

    @pytest.mark.parametrize("path", [PAGE, "/apps/chatkit/help/returns/"])
    @override_settings(
        CHATKIT={"WORKFLOWS": {"wf_1": "a.B"}, "ACCESS": "tests.page.test_views.nobody"}
    )
    def test_access_refused_is_a_403_page_of_the_site(self, logged_in: Client, path: str) -> None:
        response = logged_in.get(path)
        assert response.status_code == 403
        assert "Go to the home page" in response.content.decode()

    @override_settings(
        CHATKIT={
            "WORKFLOWS": {"wf_1": "a.B", "wf_2": "a.B"},
            "ACCESS": "tests.page.test_views.first_workflow_only",
        }
    )
    def test_access_is_asked_about_the_workflow(self, logged_in: Client) -> None:
        assert logged_in.get(PAGE).status_code == 200
        assert logged_in.get(f"{PAGE}?workflow=wf_2").status_code == 403

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_only_reading(self, logged_in: Client, method: str) -> None:
        assert getattr(logged_in, method)(PAGE).status_code == 405


class TestPage:
    def test_is_never_stored_and_sets_the_csrf_cookie(self, logged_in: Client) -> None:
        response = logged_in.get(PAGE)
        assert response["Cache-Control"] == "private, no-store"
        assert "csrftoken" in response.cookies

    def test_stands_in_the_sites_own_template(self, logged_in: Client) -> None:
        html = logged_in.get(PAGE).content.decode()
        assert "<title>Chat assistant · MSeller</title>" in html
        assert "page-fill" in html
        assert '<nav aria-label="Main menu">' in html

    @override_settings(CHATKIT={"WORKFLOWS": {"wf_1": "a.B"}})
    def test_stands_alone_where_no_template_is_named(self, logged_in: Client) -> None:
        html = logged_in.get(PAGE).content.decode()
        assert "<title>Chat assistant</title>" in html
        assert "chatkit/standalone.css" in html
        assert "Main menu" not in html

    @override_settings(
        CHATKIT={"WORKFLOWS": {"wf_1": "a.B"}, "TITLE": "Ask <us>", "BASE_TEMPLATE": "base.html"}
    )
    def test_title_of_the_settings(self, logged_in: Client) -> None:
        html = logged_in.get(PAGE).content.decode()
        assert "<title>Ask &lt;us&gt; · MSeller</title>" in html

    @override_settings(
        CHATKIT={"WORKFLOWS": {"wf_1": "a.B"}, "SESSION_DETAILS": False, "INFO_CARDS": []}
    )
    def test_the_chat_may_have_it_for_itself(self, logged_in: Client) -> None:
        html = logged_in.get(PAGE).content.decode()
        assert "data-ck-page" in html
        for part in ("data-ck-panel", "data-ck-info", "data-ck-side", "ck-card", "data-ck-begin"):
            assert part not in html
        with override_settings(CHATKIT={"WORKFLOWS": {"wf_1": "a.B"}, "SESSION_DETAILS": False}):
            html = logged_in.get(PAGE).content.decode()
        assert "ck-card" in html
        assert "data-ck-panel" not in html

    def test_a_host_template_with_title_and_content_alone(
        self, logged_in: Client, tmp_path: Path, settings: Any
    ) -> None:
        (tmp_path / "host.html").write_text(
            "<html><title>{% block title %}{% endblock %}</title>"
            "<main>{% block content %}{% endblock %}</main></html>"
        )
        settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [str(tmp_path)]}]
        settings.CHATKIT = {"WORKFLOWS": {"wf_1": "a.B"}, "BASE_TEMPLATE": "host.html"}
        html = logged_in.get(PAGE).content.decode()
        main = html[html.index("<main>") : html.index("</main>")]
        assert "<title>Chat assistant</title>" in html
        for part in ("chatkit/page.css", "chatkit/page.js", "<openai-chatkit>", "Your session"):
            assert part in main

    def test_is_in_the_readers_language(self, logged_in: Client) -> None:
        response = logged_in.get(PAGE, headers={"accept-language": "es"})
        html = response.content.decode()
        assert '<html lang="es"' in html
        assert "Your session" not in html
        assert config(response)["options"]["locale"] == "es"
        assert config(response)["texts"]["tryAgain"] != "Try again"

    def test_says_who_answers(self, logged_in: Client) -> None:
        assert "<dd>This site</dd>" in logged_in.get(PAGE).content.decode()
        with override_settings(CHATKIT=HOSTED):
            assert "<dd>OpenAI</dd>" in logged_in.get(PAGE).content.decode()

    @override_settings(CHATKIT={"WORKFLOWS": {}})
    def test_without_a_workflow_it_says_so(self, logged_in: Client) -> None:
        response = logged_in.get(PAGE)
        assert response.status_code == 200
        assert config(response)["blocked"] == "not_configured"


def only_the_first(user: Any, workflow_id: str) -> bool:
    return workflow_id in ("", "wf_1")


def asked_at_home(client: Client) -> dict[str, str]:
    """The fields of the form on the home page, as its reader sends them."""
    html = client.get("/").content.decode()
    fields = re.findall(r'<input type="hidden" name="(user_key)" value="(\w+)"', html)
    return dict(fields) | {"ask": "q"}


class TestAsked:
    """A question that a form of the site has posted."""

    def test_it_is_asked_once_by_the_page_that_follows(self, logged_in: Client) -> None:
        done = logged_in.post(PAGE, {"ask": " How do I \x00return goods? "})
        assert (done.status_code, done["Location"]) == (302, PAGE)
        first, second = (config(logged_in.get(f"{PAGE}?thread=x")) for _ in range(2))
        assert (first["ask"], first["send"]) == ("How do I return goods?", True)
        assert (second["ask"], second["send"]) == ("", False)

    def test_a_link_sends_nothing(self, logged_in: Client) -> None:
        found = config(logged_in.get(f"{PAGE}?ask=Delete%20all&send=1"))
        assert (found["ask"], found["send"]) == ("Delete all", False)

    def test_nor_does_the_form_of_another_site(self, user: Any) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        assert client.post(PAGE, {"ask": "Delete all"}).status_code == 403
        assert config(client.get(PAGE))["ask"] == ""

    @override_settings(CHATKIT={"WORKFLOWS": {"wf_1": "a.B", "wf_2": "a.B"}})
    def test_of_another_workflow(self, logged_in: Client) -> None:
        done = logged_in.post(PAGE, {"ask": "q" * 2000, "workflow": "wf_2"})
        found = config(logged_in.get(done["Location"]))
        assert (found["workflow"]["id"], found["ask"]) == ("wf_2", "q" * 1000)

    def test_it_waits_for_an_assistant(self, logged_in: Client, settings: Any) -> None:
        logged_in.post(PAGE, {"ask": "q"})
        with override_settings(CHATKIT={"WORKFLOWS": {}}):
            assert config(logged_in.get(PAGE))["blocked"] == "not_configured"
        assert config(logged_in.get(PAGE))["send"] is True

    @override_settings(
        CHATKIT={
            "WORKFLOWS": {"wf_1": "a.B", "wf_2": "a.B"},
            "ACCESS": "tests.page.test_views.only_the_first",
        }
    )
    def test_it_is_never_asked_of_another_assistant(self, logged_in: Client) -> None:
        done = logged_in.post(PAGE, {"ask": "q", "workflow": "wf_2"})
        assert logged_in.get(done["Location"]).status_code == 403
        found = config(logged_in.get(PAGE))
        assert (found["workflow"]["id"], found["ask"], found["send"]) == ("wf_1", "", False)

    def test_it_waits_for_the_login_where_that_has_ended(
        self, logged_in: Client, settings: Any
    ) -> None:
        settings.CHATKIT = {"WORKFLOWS": {"wf_1": "a.B", "wf_2": "a.B"}}
        form = asked_at_home(logged_in) | {"workflow": "wf_2"}
        client = Client()
        address = client.post(PAGE, form)["Location"]
        login = client.get(address)["Location"]
        assert login.startswith("/accounts/login/?next=")
        done = client.post(login, {"username": "ada", "password": "pw-ada"})
        assert done["Location"] == address == f"{PAGE}?workflow=wf_2"
        first, second = (config(client.get(address)) for _ in range(2))
        assert (first["workflow"]["id"], first["ask"], first["send"]) == ("wf_2", "q", True)
        assert (second["ask"], second["send"]) == ("", False)

    def test_but_not_for_the_login_of_another(self, logged_in: Client, other: Any) -> None:
        form = asked_at_home(logged_in)
        client = Client()
        client.post(PAGE, form)
        client.force_login(other)
        assert config(client.get(PAGE))["ask"] == ""

    def test_a_strangers_waits_an_hour_for_a_login(
        self, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for later, found in ((3500, "q"), (3700, "")):
            client = Client()
            assert client.post(PAGE, {"ask": "q"}).status_code == 302
            client.force_login(user)
            with monkeypatch.context() as patched:
                moment = time.time() + later
                patched.setattr(asked, "now", lambda moment=moment: moment)
                assert config(client.get(PAGE))["ask"] == found

    @pytest.mark.django_db
    def test_strangers_begin_no_session_by_another_sites_form_and_not_any_number(self) -> None:
        assert Client(enforce_csrf_checks=True).post(PAGE, {"ask": "q"}).status_code == 403
        assert not Login.objects.exists()
        for _ in range(70):
            Client().post(PAGE, {"ask": "q"})
        assert Login.objects.count() == 60

    def test_nothing_asked(self, logged_in: Client) -> None:
        assert logged_in.post(PAGE, {"ask": "  "})["Location"] == PAGE
        assert config(logged_in.get(PAGE))["send"] is False


class TestPolicy:
    def policy(self, response: Any) -> str:
        return str(response["Content-Security-Policy"])

    def test_stays_closed_with_our_script(self, logged_in: Client) -> None:
        assert "openai" not in self.policy(logged_in.get(PAGE))

    @override_settings(CHATKIT=HOSTED)
    @pytest.mark.parametrize("address", [PAGE, "/", "/no-such-page/"])
    def test_opens_for_openai_where_the_hosted_chat_or_its_launcher_is(
        self, logged_in: Client, address: str
    ) -> None:
        policy = self.policy(logged_in.get(address))
        directives = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
        assert directives["script-src"] == ["'self'", "https://cdn.platform.openai.com"]
        assert directives["frame-src"] == ["https://cdn.platform.openai.com"]
        assert "https://api.openai.com" in directives["connect-src"]
        assert "'unsafe-inline'" not in policy

    @override_settings(CHATKIT=HOSTED)
    def test_stays_closed_where_neither_is(self, logged_in: Client, client: Client) -> None:
        assert "openai" not in self.policy(logged_in.get("/apps/chatkit/mine/download/"))
        assert "openai" not in self.policy(client.get("/accounts/login/"))


class TestConversation:
    @override_settings(CHATKIT={"WORKFLOWS": {"wf_1": "a.B", "wf_2": "a.B"}})
    def test_the_address_picks_the_workflow(self, logged_in: Client) -> None:
        assert config(logged_in.get(PAGE))["workflow"]["id"] == "wf_1"
        assert config(logged_in.get(f"{PAGE}?workflow=wf_2"))["workflow"]["id"] == "wf_2"
        assert logged_in.get(f"{PAGE}?workflow=wf_3").status_code == 404

    def test_the_address_picks_the_thread(
        self, logged_in: Client, user: Any, workflow_id: str
    ) -> None:
        thread = Thread.objects.create(user=user, workflow_id=workflow_id)
        data = config(logged_in.get(f"{PAGE}?thread={thread.pk}"))
        assert (data["thread"], data["notice"]) == (thread.pk, "")

    def test_somebody_elses_thread_is_not_told_from_one_that_never_was(
        self, logged_in: Client, user: Any, other: Any, workflow_id: str
    ) -> None:
        foreign = Thread.objects.create(user=other, workflow_id=workflow_id)
        elsewhere = Thread.objects.create(user=user, workflow_id="wf_other")
        answers = [
            config(logged_in.get(f"{PAGE}?thread={pk}"))
            for pk in (foreign.pk, elsewhere.pk, "thr_never")
        ]
        assert [answer["thread"] for answer in answers] == [None] * 3
        assert len({answer["notice"] for answer in answers}) == 1
        assert answers[0]["notice"]

    @pytest.mark.parametrize("thread", ["", "%00", "<script>", "x" * 65, "../admin"])
    def test_what_is_no_id_opens_nothing(self, logged_in: Client, thread: str) -> None:
        data = config(logged_in.get(PAGE, {"thread": thread}))
        assert (data["thread"], data["notice"]) == (None, "")

    @override_settings(CHATKIT=HOSTED)
    def test_threads_of_a_hosted_workflow_are_openais_to_know(self, logged_in: Client) -> None:
        assert config(logged_in.get(f"{PAGE}?thread=cthr_1"))["thread"] == "cthr_1"

    @modify_settings(MIDDLEWARE={"remove": "mseller.middleware.NoNulMiddleware"})
    def test_a_question_for_the_composer(self, logged_in: Client) -> None:
        data = config(logged_in.get(PAGE, {"ask": "</script>\x00" + "a" * 400}))
        assert data["ask"].startswith("</script>aaa")
        assert len(data["ask"]) == 300


class TestHelpArticle:
    def test_shows_the_article_with_anchors(self, logged_in: Client) -> None:
        html = logged_in.get("/apps/chatkit/help/returns/").content.decode()
        assert "<h1>Returns and credit notes</h1>" in html
        assert '<h2 id="time-limits">Time limits</h2>' in html
        assert "<strong>Settings &gt; Returns</strong>" in html
        assert html.count("<h1") == 1
        assert "keywords:" not in html

    def test_in_the_readers_language(self, logged_in: Client) -> None:
        html = logged_in.get(
            "/apps/chatkit/help/returns/", headers={"accept-language": "es"}
        ).content.decode()
        assert "<h1>Devoluciones" in html
        assert 'lang="es"' in html[html.index("<article") :]

    def test_in_another_language_where_there_is_no_other(
        self, logged_in: Client, tmp_path: Path
    ) -> None:
        (tmp_path / "es").mkdir()
        (tmp_path / "es" / "solo.md").write_text("# Solo en español\n\nHola.\n")
        with override_settings(CHATKIT={"KNOWLEDGE_DIR": str(tmp_path)}):
            html = logged_in.get("/apps/chatkit/help/solo/").content.decode()
        assert '<article class="ck-card ck-article" lang="es" dir="ltr">' in html
        assert "There is no such article in your language yet; this one is in Spanish." in html

    def test_in_the_language_of_the_address(self, logged_in: Client) -> None:
        """That of a passage which answered a question in another language than the interface's."""
        html = logged_in.get("/apps/chatkit/help/returns/?language=es").content.decode()
        assert "<h1>Devoluciones" in html
        assert '<html lang="en"' in html
        assert "There is no such article in your language" not in html
        for none in ("ru", "", "%2F%22", "e" * 500):
            html = logged_in.get(f"/apps/chatkit/help/returns/?language={none}").content.decode()
            assert "<h1>Returns and credit notes</h1>" in html

    def test_leads_back_to_the_assistant(self, logged_in: Client) -> None:
        html = logged_in.get("/apps/chatkit/help/returns/").content.decode()
        assert 'href="/apps/chatkit/?ask=Tell%20me%20about%20' in html

    @pytest.mark.parametrize("slug", ["no-such-article", "en", "settings"])
    def test_unknown_slugs(self, logged_in: Client, slug: str) -> None:
        assert logged_in.get(f"/apps/chatkit/help/{slug}/").status_code == 404

    def test_no_slug_leaves_the_folder(self, logged_in: Client) -> None:
        assert logged_in.get("/apps/chatkit/help/..%2F..%2Fsettings/").status_code == 404

    @override_settings(CHATKIT={"KNOWLEDGE_DIR": None})
    def test_without_a_folder(self, logged_in: Client) -> None:
        path = reverse("chatkit:help-article", args=["returns"])
        assert logged_in.get(path).status_code == 404


class TestArticleHtml:
    def html(self, source: str) -> str:
        return str(render_article(parse_article(source, "slug", "en")))

    def test_raw_html_is_text(self) -> None:
        html = self.html("# T\n\n<script>alert(1)</script>\n\nAnd <img src=x onerror=alert(2)>.")
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html

    @pytest.mark.parametrize(
        "link", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "data:image/png;x"]
    )
    def test_links_that_could_run_are_text(self, link: str) -> None:
        assert "href" not in self.html(f"# T\n\n[click]({link})")
        assert "src=" not in self.html(f"# T\n\n![click]({link})")

    @pytest.mark.parametrize("link", ["https://example.com", "/x/?a:b", "mailto:a@b.c", "../a/"])
    def test_other_links_lead_there(self, link: str) -> None:
        assert f'href="{link}"' in self.html(f"# T\n\n[click]({link})")

    def test_anchors_are_those_of_the_sections(self) -> None:
        source = "# T\n\n## Qué pasa\n\na\n\n## Empty\n\n## Qué pasa\n\nb\n\n### With `code`\n\nc\n"
        article = parse_article(source, "slug", "es")
        html = str(render_article(article))
        anchors = [section.anchor for section in article.sections]
        assert re.findall(r'id="([^"]+)"', html) == anchors
        assert anchors[:2] == ["que-pasa", "que-pasa-2"]
        assert "<h2>Empty</h2>" in html

    @pytest.mark.parametrize("odd", ["## Odd\N{NO-BREAK SPACE}\n\na", "Odd\n---\n\na", "> ## Odd"])
    def test_an_odd_heading_leaves_the_others_their_anchors(self, odd: str) -> None:
        html = self.html(f"# T\n\n{odd}\n\n## Two\n\nb\n\n1. ```\n   ## c\n\n## Three\n\nd\n")
        assert '<h2 id="two">Two</h2>' in html
        assert '<h2 id="three">Three</h2>' in html

    def test_what_would_be_too_large_is_shown_as_it_was_written(self) -> None:
        source = "[a] " * 5_000 + "<b>\n\n[a]: /" + "x" * 20_000
        for html in (self.html(f"# T\n\n{source}"), str(render_passage(source, "en"))):
            assert "without its formatting" in html
            assert "# T" not in html
            assert "[a] [a]" in html
            assert "&lt;b&gt;" in html
            assert len(html) < 2 * len(source)

    def test_a_second_title_is_a_section(self) -> None:
        html = self.html("# T\n\na\n\n# Again\n\nb\n")
        assert "<h1" not in html
        assert '<h2 id="again">Again</h2>' in html

    def test_tables(self) -> None:
        assert "<table>" in self.html("# T\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")

    def test_aligned_tables_need_no_style(self) -> None:
        html = self.html("# T\n\n| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n")
        assert "style=" not in html
        for cell in ('<td class="ck-start">1', '<td class="ck-center">2', '<td class="ck-end">3'):
            assert cell in html
        assert '<th class="ck-end">c' in html

    @pytest.mark.parametrize("media", ["", "/files/", "https://files.example/"])
    def test_files_of_the_site_are_shown(self, media: str) -> None:
        with override_settings(STATIC_URL="static/", MEDIA_URL=media):
            for path in ("/static/", *([media] if media else [])):
                html = self.html(f"# T\n\n![A plan]({path}help/plan.png)")
                assert f'<img src="{path}help/plan.png" alt="A plan" />' in html

    @pytest.mark.parametrize(
        "address",
        [
            "https://elsewhere.example/pixel.png",
            "//elsewhere.example/static/pixel.png",
            "/admin/chatkit/thread/thr_1/change/",
            "/accounts/logout/",
            "/static/../admin/logout/",
            "/static/%2e%2e/admin/logout/",
            "/static/..%2fadmin/logout/",
            "/static/%5c..%5cadmin/",
            "/staticfiles/a.png",
            "static/a.png",
            "../logout/",
            "?open=1",
            "",
        ],
    )
    def test_other_images_are_links(self, address: str) -> None:
        html = self.html(f"# T\n\n![A plan]({address})")
        assert "<img" not in html
        assert ">A plan</" in html
        assert html.count("<a href=") == bool(address)

    def test_an_image_in_a_link_is_its_text(self) -> None:
        html = self.html("# T\n\n[![A plan](https://elsewhere.example/a.png)](/x/)")
        assert html.strip() == '<p><a href="/x/">A plan</a></p>'
