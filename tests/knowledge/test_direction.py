"""Directions in texts, and in the HTML of Markdown."""

from __future__ import annotations

import pytest

from chatkit.knowledge import bidi, markdown
from chatkit.knowledge.direction import Direction, direction_of, main_direction, runs_of
from chatkit.templatetags.chatkit import chatkit_directed


@pytest.mark.parametrize(
    ("text", "direction"),
    [("Hello", "ltr"), ("12 «مرحبا»", "rtl"), ("שלום", "rtl"), ("你好", "ltr"), ("123 %?", None)],
)
def test_the_first_letter_tells(text: str, direction: Direction | None) -> None:
    assert direction_of(text) == direction


def test_a_paragraph_may_begin_with_a_foreign_name() -> None:
    text = "React هي مكتبة لبناء الواجهات"
    assert main_direction(text, "rtl") == "rtl"
    assert main_direction(text, "ltr") == "ltr"
    assert main_direction("The word مرحبا means hello", "rtl") == "ltr"


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("استخدم --help أو foo() الآن", ["--help", "foo()"]),
        ("السرعة 1.431 ms تقريبًا", ["1.431 ms"]),
        ("شركة «Acme Ltd.»، و(GitHub", ["Acme Ltd", "GitHub"]),
        ("في 2024-01-15 على +971 50 123 4567 بمبلغ $50", ["2024-01-15", "+971 50 123 4567", "$50"]),
        ("order طلب رقم 5 items", ["طلب رقم"]),
        ("plain", []),
        ("الرقم 15", []),
    ],
)
def test_what_runs_the_other_way(text: str, foreign: list[str]) -> None:
    runs = list(runs_of(text, direction_of(text)))
    assert "".join(run.text for run in runs) == text
    assert [run.text for run in runs if run.foreign] == foreign


def test_a_plain_text_is_escaped() -> None:
    assert chatkit_directed("<b> نعم") == "&lt;b&gt; <bdi>نعم</bdi>"
    assert chatkit_directed("ما <b> --help؟") == "ما <bdi>&lt;b&gt; --help</bdi>؟"


def html(text: str, base: Direction | None = None) -> str:
    parser = markdown.parser(lambda url: True)
    tokens = parser.parse(text)
    bidi.direct(tokens, base)
    rendered: str = parser.renderer.render(tokens, parser.options, {})
    return rendered.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain **text** [a](/b)", '<p>Plain <strong>text</strong> <a href="/b">a</a></p>'),
        (
            "شغّل `foo()` مع --all",
            '<p>شغّل <code dir="ltr">foo()</code> مع <bdi dir="ltr">--all</bdi></p>',
        ),
        ("هنا **React** Native", "<p>هنا <strong>React</strong> Native</p>"),
        ("[دليل](/b)", '<p><a href="/b">دليل</a></p>'),
        ("[دليل](/b) is `x`", '<p><a href="/b" dir="rtl">دليل</a> is <code>x</code></p>'),
        ("Hello\n\nمرحبا", '<p>Hello</p><p dir="rtl">مرحبا</p>'),
        ("A\n\n- نعم", '<p>A</p><ul dir="rtl"><li><span dir="rtl">نعم</span></li></ul>'),
        ("Hello\n\n> نعم", '<p>Hello</p><blockquote dir="rtl"><p dir="rtl">نعم</p></blockquote>'),
    ],
)  # fmt: skip
def test_directions_in_html(text: str, shown: str) -> None:
    assert html(text) == shown


def test_cells_begin_where_their_table_does() -> None:
    table = html("| أ | b |\n|---|---|\n| 1 | `c` |", "ltr")
    assert table.startswith('<table dir="rtl"><thead><tr><th><span dir="rtl">أ</span></th><th>b<')


def test_the_direction_around_is_not_repeated() -> None:
    assert html("React هي مكتبة", "rtl") == '<p><bdi dir="ltr">React</bdi> هي مكتبة</p>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**注意：**正文", "<strong>注意：</strong>正文"),
        ("価格は**$50**です", "価格は<strong>$50</strong>です"),
        ("و**«مهم»**هنا", "و<strong>«مهم»</strong>هنا"),
        ("**“quote”**text", "<strong>“quote”</strong>text"),
        ("**ध्यान दें।**पाठ", "<strong>ध्यान दें।</strong>पाठ"),
        ("2*(3+4)*5, snake_case_name", "2*(3+4)*5, snake_case_name"),
        ("2~3일, 4~5일 ~~x~~", "2~3일, 4~5일 <s>x</s>"),
        ("&hearts;", "♥"),
        ("[^1]: word", "[^1]: word"),
    ],
)
def test_markdown_of_every_script(text: str, shown: str) -> None:
    parser = markdown.parser(lambda url: True)
    assert parser.render(text) == f"<p>{shown}</p>\n"
