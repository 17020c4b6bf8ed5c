"""The element's own words: four languages, 114 codes, both directions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .events import says
from .states import ask

pytestmark = pytest.mark.browser

TYPES = Path(__file__).parents[3] / "chatkit/frontend/node_modules/@openai/chatkit/types/index.d.ts"
GREETINGS = {
    "en": "What can I help with today?",
    "es": "¿En qué puedo ayudarte hoy?",
    "pt": "Como posso ajudar hoje?",
    "ar": "كيف يمكنني مساعدتك اليوم؟",
}


def test_every_supported_code_resolves_to_the_nearest_language(chat):
    source = TYPES.read_text()
    declared = source[
        source.index("export type TranslatedLocale") : source.index("A Web Component that serves")
    ]
    codes = re.findall(r"\| '([\w-]+)'", declared)
    assert len(codes) == 114
    for language, greeting in GREETINGS.items():
        chat.set_options(f'{{"locale": "{language}"}}')
        expect(chat.element.locator(".greeting")).to_have_text(greeting)
    for code in [*codes, "xx", "not a code", "ES_mx"]:
        chat.set_options(f'{{"locale": "{code}"}}')
        expected = GREETINGS.get(re.split("[-_]", code.lower())[0], GREETINGS["en"])
        shown = chat.page.evaluate(
            "() => chat.updateComplete.then(() =>"
            " chat.shadowRoot.querySelector('.greeting').textContent)"
        )
        assert shown == expected, code


@pytest.mark.parametrize(
    ("locale", "language"), [("es-MX", "es"), ("pt-BR", "pt"), ("de-DE", "en"), ("ar-EG", "ar")]
)
def test_without_the_option_the_browser_decides(open_chat, locale, language):
    chat = open_chat(locale=locale)
    expect(chat.element.locator(".greeting")).to_have_text(GREETINGS[language])
    ask_ = chat.input
    ask_.fill("Hi")
    ask_.press("Enter")
    assert chat.asked("threads.create").headers["accept-language"].split(",")[0] == locale


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


def test_numbers_agree_with_their_nouns(open_chat):
    chat = open_chat("{locale: 'ar'}")
    strings = chat.page.evaluate("[1, 2, 3, 11].map((n) => chat.strings.sources(n))")
    assert strings == ["مصدر واحد", "مصدران", "3 مصادر", "11 مصدرًا"]
