"""Documents that become drafts: who may, what comes of each kind, and what is refused how."""

from __future__ import annotations

import re
import socket
import subprocess
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chatkit.contrib.articles.documents import reading, tasks
from chatkit.contrib.articles.models import Article, ArticleText, Document, DocumentPart, Status
from chatkit.documents import child, worker
from tests.people import browser, staff

from . import papers
from .papers import docx, grid, pdf, ruled, words

LIST = "/admin/chatkit_articles/document/"
ADD = f"{LIST}add/"
PAGE = [
    (24, 50, 750, "A great manual"),
    (10, 50, 700, "The first paragraph of the running text that"),
    (10, 50, 688, "goes on in a second line, with a hyphen-"),
    (10, 50, 676, "ated word."),
    (16, 50, 640, "Install it"),
    (10, 50, 615, "- first item"),
    (10, 50, 603, "- second item"),
    *ruled([["Name", "Price"], ["Nut (M8)", "1|2"]], 580),
    (10, 50, 500, "*In bold"),
    (10, 50, 485, "Then more <script>alert(1)</script> here."),
    (10, 290, 20, "1"),
]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a worker that is quick: read before the response comes."""
    monkeypatch.setattr(tasks, "start", reading.read)


def upload(client: Client, data: bytes, name: str = "file.bin", language: str = "en") -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(ADD, {"documents": [file], "language": language}, follow=True)


def draft(client: Client, data: bytes, name: str = "file.bin") -> ArticleText:
    response = upload(client, data, name)
    text = ArticleText.objects.get()
    assert (text.status, text.published_at) == (Status.DRAFT, None)
    assert text.updated_by is not None
    assert f"/admin/chatkit_articles/articletext/{text.pk}/change/" in response.content.decode()
    assert not DocumentPart.objects.exists()
    return text


class TestWhoMay:
    def test_editors_find_it_at_the_list_of_articles(self, editor: Client) -> None:
        assert ADD in editor.get("/admin/chatkit_articles/article/").content.decode()
        html = editor.get(ADD).content.decode()
        assert "at most 10 MB each, a PDF of at most 200 pages" in html

    def test_others_do_not(self, editor: Client) -> None:
        user = get_user_model().objects.get()
        user.user_permissions.remove(Permission.objects.get(codename="add_article"))
        assert ADD not in editor.get("/admin/chatkit_articles/article/").content.decode()
        assert editor.get(ADD).status_code == editor.get(LIST).status_code == 403
        assert upload(editor, b"text").status_code == 403
        assert not Document.objects.exists()

    def test_a_form_from_elsewhere_is_refused(self, admin: Any) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(admin)
        assert upload(client, b"text").status_code == 403

    def test_its_draft_is_linked_for_who_may_see_articles(self, editor: Client) -> None:
        draft(editor, b"Run with a kite.", "kites.txt")
        client = browser(staff("addie", "chatkit_articles.add_article"))
        assert "articletext" in editor.get(LIST).content.decode()
        page = client.get(LIST).content.decode()
        assert "Draft:" in page
        assert "articletext" not in page


class TestKinds:
    def test_word(self, editor: Client) -> None:
        text = draft(
            editor,
            docx(
                words("A manual", "Title"),
                words("Begin <here> *now*."),
                words("Install it", "Heading1"),
                grid([["Name", "Price"], ["Nut", "1|2"]]),
                words("By hand", "Heading2"),
                words("Slowly."),
            ),
        )
        assert text.title == "A manual"
        assert text.body == (
            "Begin \\<here> \\*now\\*.\n\n## Install it\n\n| Name | Price |\n| --- | --- |\n"
            "| Nut | 1\\|2 |\n\n### By hand\n\nSlowly."
        )

    def test_pdf(self, editor: Client) -> None:
        text = draft(editor, pdf(PAGE))
        assert text.title == "A great manual"
        assert text.body == (
            "The first paragraph of the running text that goes on in a second line, with a "
            "hyphenated word.\n\n## Install it\n\n- first item\n- second item\n\n"
            "| Name | Price |\n| --- | --- |\n| Nut (M8) | 1\\|2 |\n\n### In bold\n\n"
            "Then more \\<script>alert(1)\\</script> here."
        )

    def test_a_pdf_that_begins_with_a_name(self, editor: Client) -> None:
        text = draft(editor, pdf([(10, 50, 785, "Kites and sons"), *PAGE]))
        assert text.title == "A great manual"
        assert text.body.startswith("Kites and sons\n\nThe first")

    def test_html(self, editor: Client) -> None:
        text = draft(
            editor,
            b"<!doctype html><title>Old</title><h1>A <i>manual</i></h1><p>One <b>bold</b> word "
            b"<a href='javascript:alert(1)'>bad</a> <a href='https://e.example/a_(b)'>good</a>"
            b"<script>alert(1)</script><img src=x onerror=alert(2)>&lt;script&gt;<h2>Parts</h2>"
            b"<ul><li>one<li>two<ul><li>in it</ul></ul><table><tr><th>A<th>B<tr><td rowspan=2>1"
            b"<td>2<tr><td>3</table><pre>a &lt; b\n  c</pre><p># no<br>1. no",
        )
        assert text.title == "A manual"
        assert text.body == (
            "One **bold** word bad [good](https://e.example/a_%28b%29)\\<script>\n\n## Parts\n\n"
            "- one\n- two\n    - in it\n\n| A | B |\n| --- | --- |\n| 1 | 2 |\n| 1 | 3 |\n\n"
            "```\na < b\n  c\n```\n\n\\# no\\\n1\\. no"
        )

    def test_text(self, editor: Client) -> None:
        text = draft(
            editor, "# Café\n\nSay *hi*.\n- one\n- two\n\nMore\n----\nEnd".encode("cp1252")
        )
        assert text.title == "Café"
        assert text.body == "Say \\*hi\\*.\n- one\n- two\n\n## More\n\nEnd"

    def test_csv(self, editor: Client) -> None:
        text = draft(editor, b"name;price\nnut;=1+1\n", "price_list.csv")
        assert text.title == "price list"
        assert text.body == "| name | price |\n| --- | --- |\n| nut | =1+1 |"

    def test_what_it_is_tells_the_content_and_not_the_name(self, editor: Client) -> None:
        assert draft(editor, pdf(PAGE), "notes.txt").title == "A great manual"

    def test_the_page_shows_hostile_text_as_text(self, editor: Client) -> None:
        text = draft(editor, pdf(PAGE))
        html = editor.get(f"/apps/chatkit/help/{text.article.slug}/").content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert "<td>1|2</td>" in html


SCRIPT = "<script>alert(1)</script>"
HOSTILE_HTML = {  # behind `<html><p>a`, and what is left of it before `<p>z`
    f"<![CDATA[{SCRIPT}]]>": "",
    f"<![CDATA[x]]>{SCRIPT}<img src=x onerror=alert(1)>": "",
    "<![CDATA[x]]]]><![CDATA[>y]]>": "",
    f"<svg><![CDATA[</svg>{SCRIPT}]]></svg>": "",
    "<script><![CDATA[</script>": "",
    f"<![foo[ {SCRIPT} ]]>": "alert(1) ]]>",
    "<![ <b>b</b>": "b",
    "<![if !supportLists]>b<![endif]>": "b",
    "<!DOCTYPE x [<!ENTITY e 'b'>]>&e;": "]>&e;",
    "<?php echo 1 ?>b": "b",
    "</ b>c": "c",
    "<p>b<!-- c": "b<!--c",
}


@pytest.mark.slow
class TestHostile:
    """What stands behind a CDATA, a declaration or a comment is no more than text, or is gone."""

    @pytest.mark.parametrize("part", HOSTILE_HTML)
    def test_html(self, part: str) -> None:
        read = worker.read(f"<html><p>a<p>{part}<p>z".encode(), "a.html", lambda done, of: None)
        text = "".join(re.sub(r"\\(.)", r"\1", read.body).split())
        wanted = "".join(HOSTILE_HTML[part].split())
        assert text.removesuffix("<p>z").removesuffix("z") == f"a{wanted}"
        assert not re.search(r"(?<!\\)<", read.body)

    def test_word(self, editor: Client) -> None:
        inside = f"<w:p><w:r><w:t><![CDATA[{SCRIPT}]]>&lt;b&gt;</w:t></w:r></w:p>"
        text = draft(editor, docx(words("Before"), inside, words("After")))
        # Word writes no CDATA; what is in one is left out.
        assert text.body == "Before\n\n\\<b>\n\nAfter"
        html = editor.get(f"/apps/chatkit/help/{text.article.slug}/").content.decode()
        assert "alert(1)" not in html

    def test_a_template_from_elsewhere_is_not_asked_for(self, editor: Client) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.05)
            address = f"http://127.0.0.1:{server.getsockname()[1]}/evil.dotm"
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
            relation = (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                f'relationships"><Relationship Id="r1" Type="{kind}attachedTemplate" '
                f'Target="{address}" TargetMode="External"/></Relationships>'
            )
            more = {"word/_rels/settings.xml.rels": relation.encode()}
            assert draft(editor, docx(words("Text"), more=more)).body == "Text"
            with pytest.raises(TimeoutError):
                server.accept()


MANY = [[(10, 50, 700, f"Page {n} has a text of its own.")] for n in range(300)]
# What takes long to make is made by its test.
REFUSED: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "empty": (b"", "The file is empty."),
    "blank": (b" \n ", "The file is empty."),
    "large": (b"x" * (50 * 1024 * 1024), "The file is over 10 MB."),
    "300 pages": (pdf(*MANY), "The document has over 200 pages."),
    "scan": (pdf(["q 100 0 0 100 0 0 cm Q"]), "is it a scan?"),
    "encrypted": (pdf(PAGE, trailer=papers.ENCRYPTED), "protected by a password"),
    "encrypted Word": (papers.OLE + "EncryptedPackage".encode("utf-16-le"), "by a password"),
    "old Word": (papers.OLE + b"x" * 600, "an old Word or Office"),
    "broken": (pdf(PAGE)[:300], "The file is broken"),
    "broken Word": (docx(words("Text"))[:200], "The file is broken"),
    "entities": (docx(words("x"), head='<!DOCTYPE w [<!ENTITY a "b">]>'), "The file is broken"),
    "macro": (docx(words("x"), more={"word/vbaProject.bin": b"x"}), "The document holds a macro."),
    "macro by type": (docx(words("x"), kind=papers.MACRO), "The document holds a macro."),
    "bomb": (lambda: docx(words("x"), more={"word/media/a": bytes(30_000_000)}), "far larger"),
    "bomb that lies": (
        lambda: papers.lying(docx(words("x" * 20_000_000))),
        "The file is broken",
    ),
    "macro of a sheet": (docx(words("x"), more={"word/VBADATA.xml": b"<a/>"}), "holds a macro."),
    "bomb of parts": (lambda: papers.zipped({f"a{n}": b"" for n in range(2001)}), "far larger"),
    "other archive": (papers.zipped({"xl/workbook.xml": b"<a/>"}), "This is no PDF"),
    "program": (b"\x7fELF\x02\x01\x01\0\0", "This is no PDF"),
}


@pytest.mark.slow
class TestRefused:
    @pytest.mark.parametrize("name", REFUSED)
    def test_each_gets_its_sentence_and_nothing_stays(self, editor: Client, name: str) -> None:
        file, sentence = REFUSED[name]
        response = upload(editor, file() if callable(file) else file, "it.docx")
        assert sentence in response.content.decode()
        assert not Article.objects.exists()
        assert not DocumentPart.objects.exists()
        assert "Refresh" not in response

    def test_of_several_the_others_are_read(self, editor: Client) -> None:
        files = [SimpleUploadedFile(f"{n}.txt", data) for n, data in enumerate((b"One", b"", b"2"))]
        editor.post(ADD, {"documents": files, "language": "es"})
        assert sorted(ArticleText.objects.values_list("language", "body")) == [
            ("es", "2"),
            ("es", "One"),
        ]

    @pytest.mark.parametrize("given", [{"language": "en"}, {"language": "xx", "documents": "x"}])
    def test_without_a_file_or_a_language(self, editor: Client, given: dict[str, Any]) -> None:
        assert editor.post(ADD, given).status_code == 200
        assert not Document.objects.exists()

    def test_hostile_names(self, editor: Client) -> None:
        upload(editor, b"Text", "..\\..\\<img src=x>\u202efdp.txt")
        document = Document.objects.get()
        assert document.name == "<img src=x>fdp.txt"
        html = editor.get(LIST).content.decode()
        assert "<bdi>&lt;img src=x&gt;fdp.txt</bdi>" in html

    def test_one_that_takes_too_long(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(child, "SECONDS", 0)
        assert "took too long to read" in upload(editor, pdf(PAGE)).content.decode()
        assert not Article.objects.exists()

    def test_a_draft_that_fails_leaves_nothing(
        self, editor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def failing(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr("chatkit.contrib.articles.editing.create_text", failing)
        assert "could not be read" in upload(editor, b"Text").content.decode()
        assert not Article.objects.exists()
        assert not DocumentPart.objects.exists()

    def test_the_worker_knows_nothing_of_the_site(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: dict[str, str] = {}
        popen = subprocess.Popen

        def watched(*args: Any, **kwargs: Any) -> Any:
            seen.update(kwargs["env"])
            return popen(*args, **kwargs)

        monkeypatch.setenv("SECRET_KEY", "canary")
        monkeypatch.setattr(subprocess, "Popen", watched)
        child.read(b"Text", "a", lambda done, of: None)
        assert seen
        assert "canary" not in seen.values()


class TestProgress:
    def test_a_page_at_a_time(self) -> None:
        heard = []
        child.read(pdf(*MANY[:3]), "a", lambda done, of: heard.append((done, of)))
        assert heard == [(1, 3), (2, 3), (3, 3)]

    def test_the_list_shows_it_and_asks_again(self, editor: Client) -> None:
        document = reading.keep("a.pdf", b"x", "en", None)
        html = editor.get(LIST).content.decode()
        assert "<progress></progress> Waiting" in html
        Document.objects.update(state="reading", done=3, pages=20)
        response = editor.get(LIST)
        assert response["Refresh"] == "2"
        assert '<progress value="3" max="20"></progress> Page 3 of 20' in response.content.decode()
        Document.objects.update(updated_at=document.updated_at - reading.SILENT * 2)
        response = editor.get(LIST)
        assert "The reading was interrupted." in response.content.decode()
        assert "Refresh" not in response
        assert not DocumentPart.objects.exists()


@pytest.fixture
def on_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()


@pytest.mark.django_db(transaction=True)
def test_by_itself_it_is_read_on_a_thread(on_a_thread: None, admin: Any) -> None:
    client = Client()
    client.force_login(admin)
    upload(client, b"# Kites\n\nLet it fly.")
    for thread in [one for one in threading.enumerate() if one.name == "chatkit-task"]:
        thread.join()
    text = ArticleText.objects.get()
    assert (text.title, text.body) == ("Kites", "Let it fly.")
    assert re.search("Draft: <bdi>Kites</bdi>", client.get(LIST).content.decode())
