"""Articles on their way between a folder and the database."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client

from chatkit.contrib.articles import editing
from chatkit.contrib.articles.editing import Content, take_step
from chatkit.contrib.articles.exported import LIST, digest
from chatkit.contrib.articles.models import Article, ArticleText, Phrasing, Status, Step, Version
from chatkit.contrib.console.models import Reading
from chatkit.knowledge import Knowledge, get_knowledge
from chatkit.knowledge.html import render_article
from chatkit.knowledge.phrased import MOST

pytestmark = pytest.mark.django_db

HELP = Path(django_settings.HELP_DIR)
ODD = {
    "en/crlf.md": (
        b"---\r\nkeywords: a,b , c\r\norder: 7\r\nauthor: Eve\r\n---\r\n# Kites\r\n\r\nFly.\r\n"
    ),
    "en/bom.md": b"\xef\xbb\xbf# Boats\n\nRow. \n\n\n",
    "en/untitled.md": b"No title here.\n",
    "en/late-title.md": b"Words first.\n\n# Late\n\nMore.\n\n# Another\n\nEnd.",
    "en/empty.md": b"",
    "en/sharp.md": "# C#  ##\n\n```\n# no heading\n```\n\n¿Qué? 😀\n".encode(),
    "pt-BR/regional.md": b"# Pipas\n\nVoe.\n",
    "es/orders-differ.md": b"---\norder: 3\n---\n# Orden\n\nTexto.\n",
    "en/orders-differ.md": b"---\norder: 5\n---\n# Order\n\nText.\n",
    "loose.md": b"# Cometas\n\nEsta es la manera de volar una cometa.\n",
    "en/_hidden.md": b"---\nstatus: archived\nsince: 2020\n---\n\n# Old\n\nGone.\n",
    "en/_planned.md": b"---\nstatus: review\n---\n# New\n\nSoon.\n",
}


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != LIST
    }


def run(*args: Any, **options: Any) -> str:
    out = StringIO()
    call_command("chatkit_articles", *args, stdout=out, stderr=out, **options)
    return out.getvalue()


def shown(article: Any) -> tuple[Any, ...]:
    """All that a reader has of it."""
    plain = replace(article, text="")
    return plain, render_article(article)


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return fill(tmp_path / "odd", ODD)


class TestRoundTrip:
    def test_the_sites_own_articles(self, tmp_path: Path) -> None:
        run("import", HELP)
        run("export", tmp_path / "out")
        assert contents(tmp_path / "out") == contents(HELP)

    def test_whatever_a_folder_can_hold(self, odd: Path, tmp_path: Path) -> None:
        assert run("import", odd) == f"{len(ODD)} added, 0 changed, 0 unchanged\n"
        run("export", tmp_path / "out")
        assert contents(tmp_path / "out") == ODD

    def test_readers_see_the_same(self, odd: Path, settings: Any) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": None}
        run("import", odd)
        for language in ("en", "es", "pt"):
            ours = [shown(article) for article in get_knowledge().articles(language)]
            assert ours == [shown(article) for article in Knowledge(odd).articles(language)]

    def test_a_second_import_changes_nothing(self, odd: Path) -> None:
        run("import", odd)
        before = Version.objects.count()
        assert run("import", odd) == f"0 added, 0 changed, {len(ODD)} unchanged\n"
        assert Version.objects.count() == before

    def test_what_was_edited_keeps_the_rest_of_its_front_matter(
        self, odd: Path, tmp_path: Path
    ) -> None:
        run("import", odd)
        text = ArticleText.objects.get(article__slug="crlf")
        take_step(text, Step.SAVED, None, content=Content.of("Kites", "Sink.", "d"))
        take_step(text, Step.PUBLISHED, None)
        run("export", tmp_path / "out")
        assert (tmp_path / "out/en/crlf.md").read_bytes() == (
            b"---\nauthor: Eve\nkeywords: d\norder: 7\n---\n\n# Kites\n\nSink.\n"
        )
        assert run("import", tmp_path / "out") == f"0 added, 0 changed, {len(ODD)} unchanged\n"

    @pytest.mark.parametrize("code", ["ckb", "kab", "tlh"])
    def test_languages_of_three_letters(self, code: str, tmp_path: Path, settings: Any) -> None:
        settings.LANGUAGES = [*settings.LANGUAGES, ("tlh", "Klingon")]
        article = editing.create_article("Kites")
        text = editing.create_text(article, code, Content.of("Kites", "Fly."))
        take_step(text, Step.PUBLISHED, None)
        take_step(text, Step.SAVED, None, content=Content.of("Kites", "Sink."))
        run("export", tmp_path / "out")
        Article.objects.all().delete()
        fill(tmp_path / "out", {"old/boats.md": b"# Boats\n\nRow.\n"})
        (shown,) = Knowledge(tmp_path / "out").catalogue(code)
        assert (shown.slug, shown.language) == ("kites", code)
        assert run("import", tmp_path / "out") == "1 added, 1 changed, 0 unchanged\n"
        text = ArticleText.objects.get()
        assert (text.language, text.body, text.live.body) == (code, "Sink.", "Fly.")
        run("export", tmp_path / "again")
        assert contents(tmp_path / "again").items() <= contents(tmp_path / "out").items()

    @pytest.mark.parametrize(
        "steps",
        [
            [Step.ARCHIVED],
            [Step.PUBLISHED, Step.ARCHIVED],
            [Step.PUBLISHED, Step.DRAFT],
            [Step.PUBLISHED, Step.ARCHIVED, Step.REVIEW],
        ],
    )
    @pytest.mark.parametrize("versions", [True, False])
    def test_what_hides_the_folders_file_hides_it_still(
        self, tmp_path: Path, settings: Any, steps: list[str], versions: bool
    ) -> None:
        fill(tmp_path / "help", {"en/kites.md": b"# Kites\n\nFly.\n"})
        settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": str(tmp_path / "help")}
        article = editing.create_article("Kites", slug="kites")
        text = editing.create_text(article, "en", Content.of("Kites", "A."))
        assert get_knowledge().article("kites", "en") is not None
        for step in steps:
            take_step(text, step, None)
        assert get_knowledge().article("kites", "en") is None
        run("export", tmp_path / "out", versions=versions)
        Article.objects.all().delete()
        assert get_knowledge().article("kites", "en") is not None
        run("import", tmp_path / "out")
        assert ArticleText.objects.get().status == text.status
        assert get_knowledge().article("kites", "en") is None
        run("export", tmp_path / "again", versions=versions)
        before = contents(tmp_path / "out")
        assert contents(tmp_path / "again") == before

    def test_one_directly_in_the_folder_that_reads_like_another_language_now(
        self, odd: Path, tmp_path: Path
    ) -> None:
        run("import", odd)
        text = ArticleText.objects.get(article__slug="loose")
        words = Content.of("Kites", "This is how to let them fly.")
        take_step(text, Step.PUBLISHED, None, content=words)
        assert "Removed: loose.md" in run("export", odd, overwrite=True)
        Article.objects.all().delete()
        run("import", odd)
        text = ArticleText.objects.get(article__slug="loose")
        assert (text.language, text.title) == ("es", "Kites")

    def test_as_many_phrasings_as_are_compared(self, tmp_path: Path) -> None:
        """Each as long as can be, of an article in the folder."""
        editing.create_text(
            editing.create_article("Kites"),
            "en",
            Content.of("Kites", "Fly."),
            step=Step.PUBLISHED,
            status=Status.PUBLISHED,
        )
        texts = [f"{number} {'😀' * 490}"[:500] for number in range(MOST)]
        Phrasing.objects.bulk_create(
            Phrasing(slug="kites", language="en", text=text, key=str(number))
            for number, text in enumerate(texts)
        )
        run("export", tmp_path)
        (article,) = Knowledge(tmp_path, semantic=False).articles("en")
        assert len(article.phrasings) == MOST

    def test_a_draft_of_a_published_article(self, tmp_path: Path) -> None:
        article = editing.create_article("Kites")
        text = editing.create_text(article, "en", Content.of("Kites", "Fly."))
        take_step(text, Step.PUBLISHED, None)
        take_step(text, Step.SAVED, None, content=Content.of("Kites", "Sink."))
        run("export", tmp_path)
        assert contents(tmp_path) == {
            "en/kites.md": b"# Kites\n\nFly.\n",
            "en/_kites.md": b"---\nstatus: draft\n---\n\n# Kites\n\nSink.\n",
        }
        assert [one.text for one in Knowledge(tmp_path).articles("en")] == ["# Kites\n\nFly."]
        Article.objects.all().delete()
        run("import", tmp_path)
        text = ArticleText.objects.get()
        assert (text.status, text.body, text.live.body) == ("draft", "Sink.", "Fly.")


class TestImport:
    def test_it_makes_versions_of_what_is_there(self, odd: Path, user: Any) -> None:
        run("import", odd)
        (odd / "en/bom.md").write_bytes(b"# Boats\n\nSail.\n")
        said = run("import", odd, user="ada")
        assert said == f"0 added, 1 changed, {len(ODD) - 1} unchanged\n"
        newest = Version.objects.get(text__article__slug="bom", number=2)
        assert (newest.body, newest.step, newest.note) == ("Sail.", "imported", "en/bom.md")
        assert (newest.user, newest.text.live) == (user, newest)

    def test_broken_files_are_named_and_nothing_is_stored(self, odd: Path) -> None:
        broken = {
            "en/latin.md": b"# Caf\xe9",
            "en/nul.md": b"# A\0",
            "en/Big Name.md": b"# Big",
            "en/long.md": b"# " + b"x" * 300,
            "en/huge.md": b"x" * 600_000,
            "pt/regional.md": b"# Pipas\n",
        }
        fill(odd, broken)
        with pytest.raises(CommandError) as told:
            run("import", odd)
        lines = str(told.value).splitlines()
        assert lines[0].startswith("Nothing was stored.")
        named = {line.partition(":")[0] for line in lines[1:]}
        assert len(named) == len(broken)
        # Of two that are one article, either.
        assert named - set(broken) <= {"pt-BR/regional.md"}
        assert Article.objects.count() == 0
        said = run("import", odd, skip_broken=True)
        assert said.count("Left out: ") == len(broken)
        assert Article.objects.exists()

    def test_a_failure_halfway_stores_nothing(
        self, odd: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **kwargs: Any) -> ArticleText:
            if Version.objects.exists():
                raise OSError("the disk is full")
            return editing.create_text(*args, **kwargs)

        # Where it is called: that module may be loaded only now, and would keep a stand-in.
        monkeypatch.setattr("chatkit.contrib.articles.exchange.create_text", fail)
        with pytest.raises(CommandError, match="the disk is full"):
            run("import", odd)
        assert Article.objects.count() == 0

    @pytest.mark.parametrize(("folder", "user"), [("nowhere", None), ("odd", "nobody")])
    def test_what_is_not_there(self, odd: Path, folder: str, user: str | None) -> None:
        with pytest.raises(CommandError, match=r"no folder|no user"):
            run("import", odd.parent / folder, user=user)

    def test_notes_are_no_articles(self, tmp_path: Path) -> None:
        fill(tmp_path, {"en/_notes.md": b"# Notes\n", "en/_latin.md": b"\xe9", "x.txt": b"x"})
        assert run("import", tmp_path) == "0 added, 0 changed, 0 unchanged\n"


class TestExport:
    def test_a_folder_with_files_is_left_alone(self, odd: Path) -> None:
        run("import", odd)
        (odd / "en/bom.md").write_bytes(b"# Mine\n")
        with pytest.raises(CommandError, match="not empty"):
            run("export", odd)
        assert (odd / "en/bom.md").read_bytes() == b"# Mine\n"

    def test_over_an_earlier_one(self, odd: Path) -> None:
        run("import", odd)
        take_step(ArticleText.objects.get(title="Boats"), Step.ARCHIVED, None)
        (odd / "en/other.md").write_bytes(b"# Other\n")
        assert run("export", odd, overwrite=True) == (
            "Removed: en/bom.md\n"
            "Left as it is: en/other.md: it is no article of the database.\n"
            f"1 added, 0 changed, {len(ODD) - 1} unchanged\n"
        )
        assert (odd / "en/_bom.md").read_bytes().startswith(b"---\nstatus: archived\n---\n")
        assert (odd / "en/other.md").exists()

    def test_over_an_earlier_one_the_files_of_deleted_articles_go(
        self, odd: Path, tmp_path: Path
    ) -> None:
        run("import", odd)
        out = tmp_path / "out"
        run("export", out, versions=True)
        fill(out, {"en/mine.md": b"# Mine\n", "en/sharp.md": b"# Edited by hand\n"})
        Article.objects.filter(slug__in=["bom", "planned", "sharp"]).delete()
        said = run("export", out, overwrite=True)
        assert re.findall("^Removed: (.*)", said, re.MULTILINE) == [
            "en/_planned.md",
            "en/bom.md",
            "versions/en/bom.json",
            "versions/en/planned.json",
            "versions/en/sharp.json",
        ]
        assert re.findall("^Left as it is: (.*?):", said, re.MULTILINE) == [
            "en/mine.md",
            "en/sharp.md",
        ]
        assert (out / "versions/en/crlf.json").exists()
        assert run("export", out, overwrite=True).count("Removed") == 0
        Article.objects.all().delete()
        assert "Removed: versions/en/crlf.json" in run("export", out, overwrite=True)
        assert set(contents(out)) == {"en/mine.md", "en/sharp.md"}

    def test_what_is_not_of_the_database_stays(self, tmp_path: Path) -> None:
        """A folder that articles are read from, beside drafts and articles of the same names."""
        own = {
            "en/drums.md": b"# Drums\n\nBeat.\n",
            "en/_kites.md": b"My notes about kites\n",
            "phrasings.json": b"[]",
        }
        fill(tmp_path / "help", own | {"secret.md": b"# S\n"})
        for title in ("Drums", "Kites"):
            editing.create_text(editing.create_article(title), "en", Content.of(title, "Text."))
        take_step(ArticleText.objects.get(title="Kites"), Step.PUBLISHED, None)
        data = (tmp_path / "help/secret.md").read_bytes()
        listed = {name: digest(data) for name in ("../help/secret.md", str(tmp_path / "help/x"))}
        (tmp_path / "help" / LIST).write_text(json.dumps(listed))
        said = run("export", tmp_path / "help", overwrite=True)
        assert "Removed" not in said
        assert contents(tmp_path / "help").items() >= own.items()
        assert (tmp_path / "help/secret.md").exists()

    @pytest.mark.parametrize("listed", [b"", b"7", b"[]", b'{"en/kites.md": 7}', b"[" * 100_000])
    def test_a_list_that_is_none_takes_nothing_away(self, tmp_path: Path, listed: bytes) -> None:
        fill(tmp_path, {"en/kites.md": b"# Kites\n", LIST: listed})
        assert "Removed" not in run("export", tmp_path, overwrite=True)
        assert (tmp_path / "en/kites.md").exists()


class TestRecorded:
    """Phrasings, and every version of each text."""

    @pytest.fixture
    def texts(self, user: Any, other: Any) -> None:
        article = editing.create_article("Kites", order=4, user=user)
        text = editing.create_text(article, "en", Content.of("Kites", "Fly.", "wind"), user)
        take_step(text, Step.REVIEW, other)
        take_step(text, Step.PUBLISHED, other, note="At last 😀")
        take_step(text, Step.SAVED, user, content=Content.of("Kites", "Sink."))
        editing.create_text(article, "es", Content.of("Cometas", "Vuela."))
        gone = editing.create_article("Old", slug="old")
        text = editing.create_text(gone, "en", Content.of("Old", "Gone."), other)
        take_step(text, Step.PUBLISHED, None)
        take_step(text, Step.ARCHIVED, user)
        for slug, asked in (("kites", "How do they fly?"), ("folders-own", '¿Dónde "está"?\n=1')):
            Phrasing.objects.create(slug=slug, language="en", text=asked, created_by=user)
        Phrasing.objects.create(slug="kites", language="es", text="¿Vuela?")

    def rows(self) -> list[dict[str, Any]]:
        """All there is of them, without the numbers of the rows."""
        own = {"id", "text_id", "article_id", "live_id"}
        found = []
        for model in (Article, ArticleText, Version, Phrasing):
            for row in model._default_manager.all():
                values = {k: v for k, v in vars(row).items() if k not in own and k[0] != "_"}
                if isinstance(row, ArticleText):
                    values |= {"live": row.live and row.live.number, "slug": row.article.slug}
                if isinstance(row, Version):
                    values |= {"of": (row.text.article.slug, row.text.language)}
                found.append(values)
        return sorted(found, key=str)

    def test_everything_comes_back_as_it_was(self, texts: None, tmp_path: Path) -> None:
        run("export", tmp_path / "out", versions=True)
        assert set(contents(tmp_path / "out")) == {
            "en/kites.md", "en/_kites.md", "es/_kites.md", "en/_old.md", "phrasings.json",
            "versions/en/kites.json", "versions/es/kites.json", "versions/en/old.json",
        }  # fmt: skip
        before = self.rows()
        Article.objects.all().delete()
        Phrasing.objects.all().delete()
        assert run("import", tmp_path / "out") == (
            "Phrasings: 3 added, 0 unchanged\n4 added, 0 changed, 0 unchanged\n"
        )
        assert self.rows() == before
        assert run("import", tmp_path / "out") == (
            "Phrasings: 0 added, 3 unchanged\n0 added, 0 changed, 4 unchanged\n"
        )
        assert self.rows() == before
        run("export", tmp_path / "again", versions=True)
        assert contents(tmp_path / "again") == contents(tmp_path / "out")

    def test_versions_are_written_where_they_are_asked_for(
        self, texts: None, tmp_path: Path
    ) -> None:
        run("export", tmp_path)
        assert not (tmp_path / "versions").exists()
        Article.objects.all().delete()
        run("import", tmp_path)
        assert not Version.objects.exclude(step=Step.IMPORTED).exists()

    def test_the_folder_is_one_of_articles_still(self, texts: None, tmp_path: Path) -> None:
        run("export", tmp_path, versions=True)
        assert [one.slug for one in Knowledge(tmp_path).articles("en")] == ["kites"]
        assert Knowledge(tmp_path).articles("es") == Knowledge(tmp_path).articles("en")

    def test_a_file_that_was_edited_since_is_a_version_more(
        self, texts: None, tmp_path: Path
    ) -> None:
        run("export", tmp_path, versions=True)
        Article.objects.all().delete()
        (tmp_path / "en/_kites.md").write_text("---\nstatus: draft\n---\n# Kites\n\nGlide.\n")
        run("import", tmp_path)
        text = ArticleText.objects.get(language="en", article__slug="kites")
        bodies = text.versions.order_by("number").values_list("body", "step")
        assert list(bodies)[-2:] == [("Sink.", "saved"), ("Glide.", "imported")]
        assert text.live is not None
        assert text.live.body == "Fly."

    def test_versions_of_a_text_that_is_there_stay(self, texts: None, tmp_path: Path) -> None:
        run("export", tmp_path, versions=True)
        text = ArticleText.objects.get(language="es")
        take_step(text, Step.SAVED, None, content=Content.of("Cometas", "Planea."))
        run("import", tmp_path)
        steps = text.versions.order_by("number").values_list("body", "step")
        assert list(steps) == [("Vuela.", "saved"), ("Planea.", "saved"), ("Vuela.", "imported")]

    def test_who_is_not_there_is_nobody(self, texts: None, user: Any, tmp_path: Path) -> None:
        run("export", tmp_path, versions=True)
        Article.objects.all().delete()
        Phrasing.objects.all().delete()
        user.delete()
        run("import", tmp_path)
        assert set(Version.objects.values_list("user__username", flat=True)) == {"bob", None}
        assert set(Phrasing.objects.values_list("created_by", flat=True)) == {None}

    def test_over_an_earlier_one_phrasings_that_are_gone_go(
        self, texts: None, tmp_path: Path
    ) -> None:
        run("export", tmp_path)
        Phrasing.objects.all().delete()
        assert "Removed: phrasings.json" in run("export", tmp_path, overwrite=True)

    @pytest.mark.parametrize(
        ("path", "old", "new"),
        [
            ("phrasings.json", "[", "{"),
            ("phrasings.json", "", "[" * 100_000),
            ("phrasings.json", "kites", "../kites"),
            ("phrasings.json", "How do they fly?", " "),
            ("phrasings.json", "How do they fly?", "x" * 501),
            ("phrasings.json", '"question"', '"asked"'),
            ("phrasings.json", '"by": "ada"', '"by": 7'),
            ("phrasings.json", "How do they fly?", "How\\ud800?"),
            ("versions/en/kites.json", "Fly.", "F\\u0000y."),
            ("versions/en/kites.json", "Fly.", "F\\ud800y."),
            ("versions/en/kites.json", '"number": 2', '"number": 1'),
            ("versions/en/kites.json", '"number": 2', '"number": true'),
            ("versions/en/kites.json", '"live": 3', '"live": 9'),
            ("versions/en/kites.json", '"status": "review"', '"status": "marvellous"'),
            ("versions/en/kites.json", '"at": "2', '"at": "x2'),
            ("versions/en/kites.json", '"at": "2', '"at": "9999-12-31T23:59:59-23:00", "": "2'),
            ("versions/en/kites.json", '"title": "Kites"', '"title": "Kites #"'),
            ("versions/en/kites.json", '"versions": [', '"versions": 5, "": ['),
        ],
    )
    def test_what_is_not_as_it_was_written_is_named_and_nothing_is_stored(
        self, texts: None, tmp_path: Path, path: str, old: str, new: str
    ) -> None:
        run("export", tmp_path, versions=True)
        Article.objects.all().delete()
        Phrasing.objects.all().delete()
        file = tmp_path / path
        said = file.read_text()
        assert old in said
        file.write_text(said.replace(old, new, 1) if old else new)
        with pytest.raises(CommandError, match=f"Nothing was stored(.|\n)*\n{path}: "):
            run("import", tmp_path)
        assert not Article.objects.exists()
        assert not Phrasing.objects.exists()
        assert f"Left out: {path}: " in run("import", tmp_path, skip_broken=True)
        assert ArticleText.objects.count() == 3


class TestTold:
    """What people asked leaves the site with the phrasings: the audit has it."""

    def test_an_export_with_phrasings(self, tmp_path: Path) -> None:
        run("export", tmp_path / "without")
        assert not Reading.objects.exists()
        Phrasing.objects.create(text="How do I fly it?", language="en", slug="kites")
        run("export", tmp_path / "with")
        reading = Reading.objects.get()
        assert (reading.user, reading.action, reading.what) == (None, "exported", "phrasings")


class TestNames:
    LONG = "k" * 101

    def test_one_that_is_too_long_is_named_as_a_fault(self, tmp_path: Path) -> None:
        fill(tmp_path, {f"en/{self.LONG}.md": b"# Kites\n\nFly.\n", "en/boats.md": b"# Boats\n"})
        with pytest.raises(CommandError, match=r"k\.md: its name is over 100 characters"):
            run("import", tmp_path)
        assert not Article.objects.exists()
        assert "1 added" in run("import", tmp_path, skip_broken=True)
        assert Article.objects.get().slug == "boats"

    def test_readers_of_such_a_file_are_not_asked(
        self, tmp_path: Path, settings: Any, logged_in: Client
    ) -> None:
        fill(tmp_path, {f"en/{self.LONG}.md": b"# Kites\n\nFly.\n"})
        settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": str(tmp_path)}
        page = f"/apps/chatkit/help/{self.LONG}/"
        html = logged_in.get(page).content.decode()
        assert "Fly." in html
        assert "Was this helpful?" not in html
        assert logged_in.post(f"{page}helpful/", {"helpful": "yes"}).status_code == 404


@pytest.mark.parametrize("body", ["Fly.", "Fly high."])
def test_what_was_taken_back_elsewhere_is_taken_back_here(
    tmp_path: Path, settings: Any, body: str
) -> None:
    settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": None}
    fill(tmp_path / "first", {"en/kites.md": b"# Kites\n\nFly.\n"})
    run("import", tmp_path / "first")
    text = ArticleText.objects.get()
    # A newer draft beside what readers see: only the state of the live one is another then.
    take_step(text, Step.SAVED, None, content=Content.of("Kites", f"{body}"))
    assert get_knowledge().article("kites", "en") is not None
    head = "---\nstatus: draft\ntaken-back: yes\n---\n\n# Kites\n\n"
    fill(tmp_path / "second", {"en/_kites.md": f"{head}{body}\n".encode()})
    assert "1 changed" in run("import", tmp_path / "second")
    text.refresh_from_db()
    assert (text.live, text.status) == (None, Status.DRAFT)
    assert get_knowledge().article("kites", "en") is None
    run("export", tmp_path / "out")
    assert contents(tmp_path / "out") == contents(tmp_path / "second")
    assert "1 unchanged" in run("import", tmp_path / "second")
