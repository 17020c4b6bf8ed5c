"""The element's own words: each of its languages, both directions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from .events import says
from .states import ask

pytestmark = pytest.mark.browser

TRANSLATIONS = Path(settings.BASE_DIR) / "chatkit/frontend/src/translations"
GREETINGS = {
    path.stem: found[1]
    for path in TRANSLATIONS.glob("*.ts")
    if (found := re.search(r'^  greeting: "(.+)",$', path.read_text("utf-8"), re.MULTILINE))
}
# What a browser is set to, and whose words it gets: none of ours, or another script, is English.
BROWSERS = {
    "es-MX": "es",
    "pt-BR": "pt",
    "it-IT": "en",
    "ar-EG": "ar",
    "fr-CA": "fr",
    "de-AT": "de",
    "ja-JP": "ja",
    "zh-SG": "zh-Hans",
    "zh-TW": "en",
}


def test_each_language_has_its_browser() -> None:
    assert set(GREETINGS) <= set(BROWSERS.values())


@pytest.mark.parametrize(
    ("locale", "language"), [each for each in BROWSERS.items() if each[1] in GREETINGS]
)
def test_without_the_option_the_browser_decides(open_chat, locale, language):
    chat = open_chat(locale=locale)
    expect(chat.element.locator(".greeting")).to_have_text(GREETINGS[language])
    ask_ = chat.input
    ask_.fill("Hi")
    ask_.press("Enter")
    assert chat.asked("threads.create").headers["accept-language"].split(",")[0] == locale


def test_a_locale_that_comes_later_changes_the_words(chat):
    for language in ("es", "en", "pt"):
        chat.set_options(f'{{"locale": "{language}"}}')
        expect(chat.element.locator(".greeting")).to_have_text(GREETINGS[language])


def test_arabic_runs_from_right_to_left(open_chat):
    chat = open_chat("{locale: 'ar'}")
    frame = chat.element.locator(".frame")
    expect(frame).to_have_attribute("dir", "rtl")
    ask(chat, "مرحبا")
    width = chat.page.viewport_size["width"]
    assert chat.questions.locator(".bubble").bounding_box()["x"] < width / 2
    send = chat.element.locator(".send").bounding_box()
    assert send["x"] < width / 2


def test_an_answer_in_another_direction_keeps_its_own(open_chat):
    chat = open_chat("{locale: 'ar'}")
    chat.standin.reply = lambda asked: says("- One English item\n- Another")
    ask(chat, "Hi")
    assert chat.answers.locator(".markdown").evaluate("n => getComputedStyle(n).direction") == "ltr"
