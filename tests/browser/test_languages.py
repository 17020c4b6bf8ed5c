"""The site in Spanish: whatever a page says, to the eye or to a screen reader, is not English."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import django
import polib
import pytest
from django.conf import settings

from chatkit.knowledge.language import language_scores

from .chat import Chat
from .conftest import DESKTOP, PHONE, Watch
from .prepare import PROMPTS
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

ROOT = Path(settings.BASE_DIR)
TRANSLATIONS = ROOT / "chatkit/frontend/src/translations"
SPANISH = {"locale": "es-MX"}
# All that stands in a page, shown now or later: text, names, hints, what its scripts may say.
COLLECT = """
() => {
  const said = [document.title];
  // The first cell of a list is somebody's own text: a title, a name.
  const skipped =
    "script, style, noscript, template, pre, code, [translate=no], #result_list tbody th";
  const language = document.documentElement.lang;
  const config = (value) => {
    if (typeof value === "string") said.push(value);
    else if (value && typeof value === "object") Object.values(value).forEach(config);
  };
  const visit = (root) => {
    for (const node of root.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) said.push(node.data);
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      if (node.matches("script[type='application/json']") && node.closest("[data-chatkit]")) {
        const {texts, options, notice} = JSON.parse(node.textContent);
        config([texts, options.startScreen, options.composer, options.disclaimer, notice]);
      }
      if (node.matches(skipped) || (node.lang && node.lang !== language)) continue;
      for (const name of ["aria-label", "title", "placeholder", "alt", "data-filter-title"])
        if (node.hasAttribute(name)) said.push(node.getAttribute(name));
      if (node.matches("input[type=submit], input[type=button]")) said.push(node.value);
      if (node.shadowRoot) visit(node.shadowRoot);
      visit(node);
    }
  };
  visit(document.documentElement);
  return said.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}
"""
# Every sentence of the element, whether a page has led to it or not. Where a sentence takes a list,
# that is its first value; a list of one number reads as that number everywhere else.
ELEMENT = """
(element) => {
  const said = [];
  const speak = (value) => {
    if (typeof value === "function") speak(value([7], 8));
    else if (typeof value === "object") Object.values(value).forEach(speak);
    else said.push(String(value));
  };
  speak(element.strings);
  return said;
}
"""
PAGES = ["/", "/accounts/password_change/", "/apps/chatkit/help/returns/", "/nowhere/"]
ADMIN = [
    "",
    "auth/user/",
    "auth/user/add/",
    "customers/customer/",
    "customers/customer/add/",
    *(
        f"chatkit/{model}/"
        for model in ("session", "thread", "run", "attachment", "feedback", "toolcall")
    ),
    "chatkit/starterprompt/",
    "chatkit/starterprompt/add/",
]
# English words that are Spanish too, what people and machines are called here, and at last what
# Django 6.1 says in its admin and its Spanish does not have yet.
NAMES = {"OpenAI", "Widget", "Chat", "Error", "Id:", "root", "Ruth", "- Select an option -"}
# Kinds of requests, as the protocol names them.
NAMES |= {"retry_after_item", "threads.retry_after_item"}
DATA = [prompt for language, prompt, _ in PROMPTS if language == "en"]  # somebody's own text
DATA.append("May I keep budgerigars?")


@cache
def english() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """What our catalogs, Django's and the element's say in English and otherwise in Spanish:
    texts, and patterns of those with fields. What is also some other text's Spanish is not there.
    """
    places = [ROOT / "chatkit", ROOT / "mseller", Path(django.__file__).parent]
    pairs: list[tuple[str, str]] = []
    for place in places:
        for path in place.rglob("locale/es/LC_MESSAGES/django.mo"):
            for entry in polib.mofile(str(path)):
                forms = [entry.msgstr, *entry.msgstr_plural.values()]
                pairs += [(entry.msgid, form) for form in forms]
                pairs += [(entry.msgid_plural, form) for form in forms if entry.msgid_plural]
    ours, theirs = (element_texts(language) for language in ("en", "es"))
    spanish = {translated for _, translated in pairs} | theirs
    texts = ({source for source, _ in pairs} | ours) - spanish - NAMES
    fields = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|\$\{.*?\}")
    plain = {" ".join(text.split()) for text in texts if not fields.search(text)}
    patterns = [
        re.compile(".+".join(map(re.escape, fields.split(" ".join(text.split())))))
        for text in texts
        if fields.search(text) and len(re.sub(r"[^A-Za-z]", "", fields.sub("", text))) > 4
    ]
    return frozenset(plain), tuple(patterns)


def element_texts(language: str) -> set[str]:
    source = (TRANSLATIONS / f"{language}.ts").read_text("utf-8")
    return set(re.findall(r'"([^"\n]+)"', source)) | set(re.findall(r"`([^`\n]+)`", source))


@cache
def is_english(text: str) -> bool:
    """Whether it is an English text that we know, or reads like English."""
    plain, patterns = english()
    if text in plain or any(pattern.fullmatch(text) for pattern in patterns):
        return True
    scores = language_scores(re.sub(r"\b\w\b", " ", text), {"en": (), "es": ()})
    return scores["en"] > scores["es"]


def found(said: Iterable[str]) -> list[str]:
    texts = {text for text in said if text not in NAMES and not any(own in text for own in DATA)}
    return sorted(filter(is_english, texts))


def test_english_is_told_from_spanish() -> None:
    for text in ("Log in", "Hello, Ada", "Chat history", "Rename “x”", "This is what you do"):
        assert is_english(text), text
    for text in ("Iniciar sesión", "Hola, Ada", "Chat", "Error 404", "No", "sess_123", "3:45"):
        assert not is_english(text), text


def test_nothing_is_english_in_spanish(
    server: Server, open_page: Callable[..., Any], watch: Watch
) -> None:
    watch.expect("status of 404", "status of 403", "status of 429")
    english_texts: dict[str, list[str]] = {}

    def look(page: Any, name: str) -> None:
        assert page.evaluate("document.documentElement.lang") == "es", name
        if hits := found(page.evaluate(COLLECT)):
            english_texts[name] = hits

    stranger = open_page(server, PHONE, "", **SPANISH)
    stranger.goto("/accounts/login/")
    stranger.fill("[name=username]", "x")
    stranger.fill("[name=password]", "x")
    with stranger.expect_navigation():
        stranger.click("main .btn-primary")
    look(stranger, "login refused")
    stranger.goto("/accounts/logged_out/")
    look(stranger, "logged out")
    stranger.context.clear_cookies(name="csrftoken")
    stranger.locator("details summary").first.click()
    with stranger.expect_navigation():
        stranger.locator("button[value=es]").click()
    look(stranger, "form out of date")

    # Others ask in English as Ada, and titles of theirs would be found.
    eva = open_page(server, DESKTOP, "eva", **SPANISH)
    eva.goto("/admin/")
    look(eva, "no access")

    page = open_page(server, DESKTOP, "root", **SPANISH)
    chat = Chat(page).open()
    look(page, "chat")
    assert (hits := found(chat.element.evaluate(ELEMENT))) == [], hits
    chat.ask("¿Cómo hago una devolución?").ask("¿Quién ganó el mundial?")
    look(page, "answers")
    chat.show_list()
    row = chat.element.locator("[data-thread]").first
    row.hover()
    look(page, "list")
    row.locator(".more").click()
    look(page, "menu of a conversation")
    page.keyboard.press("Enter")
    look(page, "rename")
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")
    chat.element.locator("[data-undo]").wait_for()
    look(page, "deleted")
    for path in PAGES:
        page.goto(path)
        look(page, path)
    page.goto("/accounts/password_change/")
    for field in ("old_password", "new_password1", "new_password2"):
        page.fill(f"[name={field}]", f"123{field}")
    with page.expect_navigation():
        page.click("main .btn-primary")
    look(page, "password refused")
    error = {"code": "rate_limited", "message": "Espera un momento."}
    wait = {"Retry-After": "30"}
    eva.route(
        "**/api/chatkit/session",
        lambda route: route.fulfill(status=429, headers=wait, json={"error": error}),
    )
    eva.goto("/apps/chatkit/")
    Chat(eva).state("rate-limited")
    look(eva, "too fast")
    for path in ADMIN:
        page.goto(f"/admin/{path}")
        look(page, f"/admin/{path}")
        first = page.locator("#result_list tbody th a").first
        if first.count():
            address = first.get_attribute("href")
            for part in ("", "../history/"):
                page.goto(str(address))
                if part:
                    page.goto(page.url.replace("/change/", "/history/"))
                look(page, f"{path} record {part}")
    assert not english_texts, "\n".join(f"{name}: {texts}" for name, texts in english_texts.items())


@pytest.mark.parametrize(("size", "language"), [(PHONE, "ar"), (PHONE, "es"), (DESKTOP, "ar")])
def test_pages_fit_and_turn(
    server: Server, open_page: Callable[..., Any], size: Any, language: str
) -> None:
    page = open_page(server, size, "root", locale=language)
    turned = language == "ar"
    width = size["viewport"]["width"]

    def check(path: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
        assert page.evaluate("getComputedStyle(document.body).direction") == (
            "rtl" if turned else "ltr"
        ), path

    chat = Chat(page).open()
    # Not in English: what root asked stands in the list of the other test.
    chat.ask("¿Cómo hago una devolución?")
    check("chat")
    question = chat.element.locator("[part=user-bubble]").first.bounding_box()
    assert (question["x"] < width / 2) is (turned or size is PHONE)
    numbers = chat.element.locator(".markdown ol").first
    assert numbers.evaluate("list => getComputedStyle(list).direction") == "ltr"
    chat.show_list()
    row = chat.element.locator("[data-thread]").first
    # Both at once: the list may be on its way in.
    before, after = row.evaluate(
        """row => {
          const boxes = [row, row.closest(".list-box")].map((e) => e.getBoundingClientRect());
          const [inner, outer] = boxes;
          return [inner.left - outer.left, outer.right - inner.right];
        }"""
    )
    assert before == pytest.approx(after, abs=1)
    for path in ("/", "/accounts/password_change/", "/admin/", "/admin/chatkit/session/"):
        page.goto(path)
        check(path)
    logout, crumbs = page.locator("#logout-form"), page.locator("#header + *")
    end = logout.bounding_box()["y"] + logout.bounding_box()["height"]
    assert page.locator("#header").evaluate("box => box.scrollHeight <= box.clientHeight + 1")
    assert end <= crumbs.bounding_box()["y"] + 1
