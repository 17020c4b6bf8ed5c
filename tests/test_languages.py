"""The site in each of its languages: who chooses it, where it is kept, whether it is whole."""

from __future__ import annotations

import ast
import datetime
import re
from functools import cache
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation.template import templatize

from chatkit.knowledge import get_knowledge
from chatkit.knowledge.language import name
from chatkit.models import Run, Thread
from chatkit.selfhosted.helpdesk import search
from chatkit.selfhosted.replies import answer_pieces, reply_pieces
from chatkit.templatetags.chatkit import chatkit_number
from mseller import languages
from mseller.models import Preference
from mseller.tools import messages

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
OPTIONAL = sorted(
    path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("chatkit/contrib/*/locale")
)
APPS = ("chatkit", *OPTIONAL, "mseller")
CATALOGS = sorted(path for app in APPS for path in ROOT.glob(f"{app}/locale/*/*/*.po"))
FIELD = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")
WORD = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(({WORD})(?:,\s*({WORD}))?")


@cache
def read(catalog: Path) -> polib.POFile:
    """Its entries, of which none may stand there twice. Several tests look at each."""
    return polib.pofile(str(catalog), check_for_duplicates=True)


def language(client: Client, path: str = "/accounts/login/") -> str:
    """The language of a page, as it says itself."""
    found = re.search(r'<html lang="([\w-]+)"', client.get(path).content.decode())
    assert found
    return found[1]


def choose(client: Client, code: str) -> Any:
    """Press a button of the language menu."""
    return client.post(reverse("set_language"), {"language": code, "next": "/"})


def log_in(client: Client, name: str = "ada") -> None:
    done = client.post("/accounts/login/", {"username": name, "password": f"pw-{name}"})
    assert done.status_code == 302


class TestChoice:
    def test_strangers_of_an_address_are_given_so_many_sessions(self) -> None:
        """Else each request without a cookie would make a row that stays for two weeks."""
        for _number in range(70):
            choose(Client(), "de")
        assert Session.objects.count() == 60

    def test_it_follows_the_user_to_another_browser(self, user: Any) -> None:
        first, second = Client(), Client(headers={"accept-language": "ar"})
        log_in(first)
        choose(first, "es")
        assert language(first, "/") == "es"
        first.post("/accounts/logout/")
        assert language(second) == "ar"
        log_in(second)
        assert language(second, "/") == "es"
        assert second.get("/apps/chatkit/").context["config"]["options"]["locale"] == "es"

    def test_the_last_choice_counts(self, user: Any) -> None:
        first, second = Client(), Client()
        log_in(first)
        for code in ("es", "ar", "en"):
            choose(first, code)
        log_in(second)
        assert (language(first, "/"), language(second, "/")) == ("en", "en")

    def test_a_choice_on_the_login_page_is_the_users(self, user: Any) -> None:
        Preference.objects.create(user=user, language="ar")
        first, second = Client(), Client()
        choose(first, "es")
        assert language(first) == "es"
        log_in(first)
        assert language(first, "/") == "es"
        log_in(second)
        assert language(second, "/") == "es"

    def test_what_somebody_else_left_in_the_browser_is_not(self, user: Any, other: Any) -> None:
        browser = Client()
        log_in(browser)
        choose(browser, "es")
        browser.post("/accounts/logout/")
        log_in(browser, "bob")
        assert not Preference.objects.filter(user=other).exists()

    def test_each_user_has_their_own(self, user: Any, other: Any) -> None:
        Preference.objects.create(user=user, language="es")
        Preference.objects.create(user=other, language="ar")
        browser = Client()
        log_in(browser)
        assert language(browser, "/") == "es"
        browser.post("/accounts/logout/")
        log_in(browser, "bob")
        assert language(browser, "/") == "ar"

    def test_a_country_gives_the_language_that_there_is(self, user: Any) -> None:
        client = Client()
        log_in(client)
        choose(client, "pt")
        assert Preference.objects.get(user=user).language == "pt-br"
        assert language(client, "/") == "pt-br"

    @pytest.mark.parametrize("code", ["xx", "", "../../etc", "es" * 500, "\x00"])
    def test_what_is_no_language_changes_nothing(self, user: Any, code: str) -> None:
        client = Client()
        log_in(client)
        assert choose(client, code).status_code == 302
        assert not Preference.objects.exists()
        assert language(client, "/") == "en"

    def test_one_that_is_gone_leaves_the_browsers(self, user: Any) -> None:
        Preference.objects.create(user=user, language="tlh")
        client = Client(headers={"accept-language": "es"})
        log_in(client)
        assert language(client, "/") == "es"

    def test_it_takes_a_post_with_a_token(self, user: Any) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(user)
        assert choose(strict, "es").status_code == 403
        strict.get(reverse("set_language"), {"language": "es"})
        assert not Preference.objects.exists()

    def test_it_goes_with_the_user(self, user: Any) -> None:
        Preference.objects.create(user=user, language="es")
        user.delete()
        assert not Preference.objects.exists()


class TestCatalogs:
    """Every text of the sources is translated in every language, and nothing else is."""

    @pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: str(path.relative_to(ROOT)))
    def test_it_is_whole(self, catalog: Path) -> None:
        entries = read(catalog)
        assert [entry.msgid for entry in entries if entry.fuzzy] == []
        assert [entry.msgid for entry in entries if not entry.translated()] == []
        assert [entry.msgid for entry in entries.obsolete_entries()] == []
        in_catalog = {(entry.msgctxt or "", entry.msgid) for entry in entries}
        in_sources = texts(app_of(catalog))
        hint = "run `make messages` and translate what it names"
        assert in_sources - in_catalog == set(), hint
        assert in_catalog - in_sources == set(), hint

    @pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: str(path.relative_to(ROOT)))
    def test_it_is_as_the_tool_writes_it(self, catalog: Path, tmp_path: Path) -> None:
        """So that collecting the texts anew changes nothing that has not changed."""
        copy = tmp_path / catalog.name
        copy.write_bytes(catalog.read_bytes())
        messages.tidy(copy)
        assert copy.read_text("utf-8") == catalog.read_text("utf-8"), "run `make messages`"

    @pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: str(path.relative_to(ROOT)))
    def test_its_head_names_its_own_language(self, catalog: Path) -> None:
        entries = read(catalog)
        code = catalog.parts[-3]
        info = translation.get_language_info(translation.to_language(code))
        assert entries.metadata["Language"] == code
        assert entries.metadata["Language-Team"] == info["name"]
        assert entries.header.startswith(info["name"])

    @pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: str(path.relative_to(ROOT)))
    def test_translations_have_the_fields_and_edges_of_their_text(self, catalog: Path) -> None:
        entries = read(catalog)
        forms = int(re.findall(r"nplurals=(\d)", entries.metadata["Plural-Forms"])[0])
        for entry in entries:
            if entry.msgid_plural:
                assert len(entry.msgstr_plural) == forms, entry.msgid
                # "one session" may do without its number; what is said besides may not be lost.
                wanted = sorted(set(FIELD.findall(entry.msgid)) - {"%(count)d"})
                for form in entry.msgstr_plural.values():
                    assert sorted(set(FIELD.findall(form)) - {"%(count)d"}) == wanted, form
            else:
                assert sorted(FIELD.findall(entry.msgstr)) == sorted(FIELD.findall(entry.msgid))
            for form in entry.msgstr_plural.values() or [entry.msgstr]:
                assert form.startswith(" ") == entry.msgid.startswith(" "), form
                # A mark of full width has its space within.
                assert form.endswith((" ", "、", "，")) == entry.msgid.endswith(" "), form

    def test_the_apps_and_the_element_have_the_same_languages(self) -> None:
        apps = {app: {path.parts[-3] for path in CATALOGS if app_of(path) == app} for app in APPS}
        assert apps["chatkit"] >= {"es", "pt", "ar", "fr", "de", "zh_Hans", "ja"}
        assert [app for app in APPS if apps[app] != apps["chatkit"]] == []
        folder = ROOT / "chatkit/frontend/src/translations"
        files = {path.stem for path in folder.glob("*.ts") if ".test" not in path.suffixes}
        folders = {translation.to_locale(file) for file in files - {"strings", "resolve", "en"}}
        assert folders == apps["chatkit"]

    def test_a_folder_is_all_that_offers_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for folder in ("pt", "fr", "zh_Hant"):
            (tmp_path / folder / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / "empty").mkdir()
        monkeypatch.setattr(languages, "LOCALE", tmp_path)
        assert [code for code, _ in languages.offered()] == ["en", "fr", "pt-br", "zh-hant"]
        with translation.override("es"):
            assert str(dict(languages.offered())["fr"]) == "Francés"

    def test_they_are_what_the_site_offers(self) -> None:
        folders = {translation.to_language(path.parts[-3]) for path in CATALOGS}
        offered = {"pt" if code == "pt-br" else code for code, _ in settings.LANGUAGES}
        assert offered == folders | {"en"}


def app_of(catalog: Path) -> str:
    return catalog.parents[3].relative_to(ROOT).as_posix()


@cache
def texts(app: str) -> frozenset[tuple[str, str]]:
    """(context, text) of everything that an app's sources give to gettext."""
    found: set[tuple[str, str]] = set()
    others = [ROOT / name for name in OPTIONAL if name != app]
    for path in (ROOT / app).rglob("*.py"):
        if any(path.is_relative_to(other) for other in others):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                at = 1 if "pgettext" in name else 0
                if name == "_" or re.fullmatch(r"n?p?gettext(_lazy|_noop)?", name):
                    words = [str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)]
                    if len(words) > at:
                        found.add((words[0] if at else "", words[at]))
    folders = [ROOT / app / "templates"] + ([ROOT / "templates"] if app == "mseller" else [])
    for path in (path for folder in folders for path in folder.rglob("*.html")):
        source = templatize(path.read_text("utf-8"), origin=str(path))
        for name, first, second in CALL.findall(source):
            words = [
                str(ast.literal_eval(word.removeprefix("u"))) for word in (first, second) if word
            ]
            found.add((words[0], words[1]) if "p" in name else ("", words[0]))
    return frozenset(found)


@pytest.fixture
def arabic(user: Any) -> Client:
    client = Client(headers={"accept-language": "ar"})
    client.force_login(user)
    return client


class TestWithoutArticles:
    """Help in a language that lacks the article: that of another, and it says so."""

    def test_an_article_says_what_it_is_written_in(self, arabic: Client) -> None:
        page = arabic.get("/apps/chatkit/help/orders/").content.decode()
        assert '<html lang="ar" dir="rtl"' in page
        assert 'class="ck-card ck-article" lang="en" dir="ltr"' in page
        assert "وهذه باللغة الإنجليزيّة" in page

    def test_one_in_the_readers_language_says_nothing(self, logged_in: Client) -> None:
        page = logged_in.get("/apps/chatkit/help/returns/", headers={"accept-language": "es"})
        assert "ck-written" not in page.content.decode()

    def test_an_answer_says_what_it_is_written_in(self) -> None:
        get_knowledge().search("")  # waits for the vectors, where no test has made them before
        findings = search("كيف أعمل webhook؟", "ar")  # there is no such article in Arabic
        with translation.override("ar"):
            note, *passages = reply_pieces("كيف أعمل webhook؟", findings)
            answer = list(answer_pieces(findings.matches))
        assert note.text == "مقالات المساعدة عن هذا مكتوبة باللغة الإنجليزيّة:\n\n"
        assert note.source is None
        assert passages == answer

    def test_a_sentence_has_a_languages_name_as_it_writes_it(self) -> None:
        for page, written in (("es", "inglés"), ("pt-br", "inglês"), ("en", "English")):
            with translation.override(page):
                assert name("en") == written

    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("من فاز بكأس العالم؟", "لا تجيب مقالات المساعدة عن ذلك."),
            ("بمَ يمكنك مساعدتي؟", "أجيب من مقالات المساعدة."),
        ],
    )
    def test_nothing_found_is_said_in_the_readers_language(
        self, question: str, answer: str
    ) -> None:
        with translation.override("ar"):
            (only,) = reply_pieces(question, search(question, "ar"))
        assert only.text.startswith(answer)


class TestFormats:
    """Dates and numbers as the reader writes them."""

    MOMENT = datetime.datetime(2026, 3, 5, 15, 7)

    @pytest.mark.parametrize(
        ("code", "long", "short", "number"),
        [
            ("en", "March 5, 2026, 3:07 p.m.", "03/05/2026 3:07 p.m.", "1,234,567"),
            ("es", "5 de marzo de 2026 a las 15:07", "05/03/2026 15:07", "1\xa0234\xa0567"),
            ("pt-br", "5 de Março de 2026 às 15:07", "05/03/2026 15:07", "1.234.567"),
            ("ar", "5 مارس 2026، 3:07 م", "5/3/2026 3:07 م", "1.234.567"),
            ("fr", "5 mars 2026 15:07", "05/03/2026 15:07", "1\xa0234\xa0567"),
            ("de", "5. März 2026 15:07", "05.03.2026 15:07", "1.234.567"),
            ("zh-hans", "2026年3月5日 15:07", "2026年3月5日 15:07", "1,234,567"),
            ("ja", "2026年3月5日15:07", "2026/03/05 15:07", "1,234,567"),
        ],
    )
    def test_they_are_the_languages(self, code: str, long: str, short: str, number: str) -> None:
        with translation.override(code):
            assert date_format(self.MOMENT, "DATETIME_FORMAT") == long
            assert date_format(self.MOMENT, "SHORT_DATETIME_FORMAT") == short
            assert chatkit_number(1234567) == number

    def test_the_admin_groups_the_tokens(self, client: Client, admin: Any) -> None:
        thread = Thread.objects.create(user=admin, workflow_id="wf_x")
        Run.objects.create(
            thread=thread, user=admin, kind="x", status="completed",
            tokens_in=1234567, tokens_out=89012, first_token_ms=1500, duration_ms=62345,
        )  # fmt: skip
        client.force_login(admin)
        page = client.get("/admin/chatkit/run/", headers={"accept-language": "pt-BR"})
        for number in ("1.234.567 / 89.012", "1.500 / 62.345", "<dd>1.234.567</dd>"):
            assert number in page.content.decode()


class TestTidying:
    def test_guesses_and_leftovers_go_and_what_is_missing_is_told(self, tmp_path: Path) -> None:
        catalog = polib.POFile()
        catalog.metadata = {"POT-Creation-Date": "x", "Content-Type": "text/plain; charset=UTF-8"}
        guess = polib.POEntry(msgid="b", msgstr="guessed", flags=["fuzzy"], previous_msgid="bb")
        catalog += [
            guess,
            polib.POEntry(msgid="c", msgstr="gone", obsolete=True),
            polib.POEntry(msgid="a", msgstr="kept"),
        ]
        path = tmp_path / "django.po"
        catalog.save(str(path))
        assert messages.tidy(path) == ["b"]
        tidied = polib.pofile(str(path))
        assert [(entry.msgid, entry.msgstr, entry.fuzzy) for entry in tidied] == [
            ("a", "kept", False),
            ("b", "", False),
        ]
        assert "POT-Creation-Date" not in tidied.metadata
        assert "guessed" not in path.read_text("utf-8")
