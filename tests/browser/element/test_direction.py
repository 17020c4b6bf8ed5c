"""Texts in two directions: each part is read as it is meant, in whichever text it stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ..bidi import lefts, reads_ltr, reads_rtl
from .events import says
from .states import ask

pytestmark = pytest.mark.browser

ARABIC = """استخدم `foo()` مع `--help` ثم `npm install -g x@2.1` من فضلك.

استخدم --help أو foo() أو /etc/hosts في لغة C++ خلال 1.431 ms تقريبًا.

راجع https://example.com/a/b?c=1 أو [example.com/docs/](/docs) أو help@example.com الآن.

اتصل بالرقم +971 50 123 4567 قبل 2024-01-15 والسعر $50 والصيغة $a+b-c$ هنا.

React هي مكتبة لبناء الواجهات.

- شغّل `cmd --all` أولًا
- Python 3.12: لغة برمجة سهلة جدًا

| الأمر | الوصف |
|---|---|
| `ls -la` | يعرض --all الملفات |
| git push | 15 GB من `/var/log/` |

> اقتباس `x()` قصير
"""
LTR = [
    *("foo()", "--help", "npm install -g x@2.1", "/etc/hosts", "C++", "1.431 ms"),
    *("https://example.com/a/b?c=1", "example.com/docs/", "help@example.com"),
    *("+971 50 123 4567", "2024-01-15", "$50", "React", "cmd --all", "Python 3.12"),
    *("ls -la", "--all", "git push", "15 GB", "/var/log/", "x()"),
]


@pytest.mark.parametrize("locale", ["ar", "en"])
def test_an_arabic_answer(open_chat, locale):
    chat = open_chat(f"{{locale: '{locale}'}}")
    chat.standin.reply = lambda asked: says(ARABIC)
    ask(chat, "Go")
    expect(chat.answers.locator("math")).to_have_count(1)
    text = chat.answers.locator(".markdown")
    assert [run for run in LTR if not reads_ltr(text, run)] == []
    second = text.locator("p").nth(1)
    assert reads_ltr(second, "--help")
    assert reads_ltr(second, "foo()")
    for paragraph in text.locator("> p").all()[: 5 if locale == "ar" else 4]:
        assert paragraph.evaluate("node => getComputedStyle(node).direction") == "rtl"
    item, other = text.locator("ul > li").all()
    assert reads_rtl(item, "شغّل")
    # Its direction is its own, and it begins on the side of its list.
    assert reads_rtl(other, "Python 3.12: لغة")
    box, words = text.locator("ul").bounding_box(), lefts(item, "شغّل")
    assert words[0] > box["x"] + box["width"] - 80
    first, last = text.locator("tbody tr").first.locator("td").all()
    assert first.bounding_box()["x"] > last.bounding_box()["x"]
    quote = text.locator("blockquote")
    assert quote.evaluate("node => getComputedStyle(node).borderRightWidth") == "3px"


def test_an_english_answer_in_an_arabic_chat(open_chat):
    chat = open_chat("{locale: 'ar'}")
    chat.standin.reply = lambda asked: says(
        "Is it 15%? The word «مرحبا، بكم» (2) is a greeting.\n\n- Yes: طلب رقم 5 items\n\n> So."
    )
    ask(chat, "Go")
    text = chat.answers.locator(".markdown")
    assert reads_ltr(text, "Is it 15%?")
    assert reads_rtl(text, "مرحبا، بكم")
    assert reads_rtl(text, "طلب رقم")
    assert lefts(text, "طلب رقم")[0] < lefts(text, "5 items")[0]
    assert lefts(text, "(2)")[0] > lefts(text, "مرحبا")[0]
    assert text.locator("blockquote").evaluate("n => getComputedStyle(n).borderLeftWidth") == "3px"


def test_what_a_person_has_written(open_chat):
    chat = open_chat("{locale: 'ar'}")
    ask(chat, "ما معنى --help و foo() خلال 1.431 ms؟")
    bubble = chat.questions.locator(".bubble")
    assert [run for run in ("--help", "foo()", "1.431 ms") if not reads_ltr(bubble, run)] == []
    expect(bubble).to_have_text("ما معنى --help و foo() خلال 1.431 ms؟")


def test_names_in_arabic_sentences(open_chat):
    chat = open_chat("{locale: 'ar'}")
    title = "Can I give Lakeside 15%?"
    chat.standin.add_thread([], title)
    chat.call("showHistory")
    chat.element.locator("[data-thread]").hover()
    chat.element.locator("[data-delete]").click()
    assert reads_ltr(chat.element.locator(".confirm p"), title)


def test_formulas_in_arabic_run_from_left_to_right(open_chat):
    chat = open_chat("{locale: 'ar'}")
    chat.standin.reply = lambda asked: says("الصيغة $a+b-c$ هنا:\n\n$$\nx = y\n$$")
    ask(chat, "Go")
    expect(chat.answers.locator("math")).to_have_count(2)
    for text, formula in (("a+b−c", 0), ("x=y", 1)):
        maths = chat.answers.locator("math").nth(formula)
        found = [
            maths.locator("mi").nth(at).bounding_box()["x"]
            for at in range(sum(letter.isalpha() for letter in text))
        ]
        assert found == sorted(found)
