"""HTML as Markdown: every word of a page is in the draft, and is read as it was."""

from __future__ import annotations

import re
from html import unescape

import pytest

from chatkit.documents import markup, plain, worker
from chatkit.documents.drafts import MAX_COLUMNS, MAX_ROWS, Draft, Refused
from chatkit.knowledge import markdown


def shown(draft: Draft) -> str:
    """What somebody reads of a draft once it is published."""
    parser = markdown.parser(lambda url: True)
    html = re.sub(r"</(p|li|t[dhr]|h\d|pre)>|<br>", " ", parser.render(draft.body))
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def rendered(html: str) -> str:
    made: str = markdown.parser(lambda url: True).render(markup.read(html).body)
    return made.strip().removeprefix("<p>").removesuffix("</p>")


def test_a_title_is_one_line_of_what_can_be_seen() -> None:
    page = "<html><head><title>Hi\0 \u202ethere\x07\n you</title></head><p>Words"
    assert markup.read(page).title == "Hi there you"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<table><tr><td><code>ls | wc</code><td>counts files</table>", "ls | wc counts files"),
        ("<table><tr><td><a href='https://a.b/?c=d|e'>x|y</a><td>z</table>", "x|y z"),
        ("<table><caption>Prices</caption><tr><td>1</table>", "Prices 1"),
        ("<table><tr><td>1</td></tr>loose<tr><td>2</table>", "loose 1 2"),
        ("<table><tr><td><table><tr><td>in<td>ner</table></table>", "in ner"),
        ("<table><tr><td>sp<span>an</span><td>H<sub>2</sub>O</table>", "span H2O"),
        ("<table><tr><td rowspan=2>R<td>1<tr><td>2<tr><td colspan=2>C</table>", "R 1 R 2 C"),
        (
            "<figure><img src=a.png alt='A cat'><figcaption>Fig. 1</figcaption></figure>",
            "A cat Fig. 1",
        ),
        ("<dl><dt>Term<dd>Meaning<dt>Other<dd>One</dl>", "Term Meaning Other One"),
        ("<details><summary>More</summary>text</details>", "More text"),
        ("<fieldset><legend>Who</legend>You</fieldset>", "Who You"),
        ("<ol><li>a<pre>x *y*</pre>b *c*</li><li>d</ol>", "a x *y* b *c* d"),
        ("<ul><li>a<h3>head</h3>b *c*</ul>", "a head b *c*"),
        ("<ul><li><ul><li>deep *x*</ul></ul>", "deep *x*"),
        ("<ul><li><table><tr><td>in *it*</table>after *x*</ul>", "in *it* after *x*"),
        ("<pre>a<br>b<div>c</div></pre>", "a b c"),
        ("<pre>the end is missing", "the end is missing"),
        ("<p>10<sup>6</sup> and x<sup>-2</sup>, 1<sup>st</sup></p>", "10⁶ and x⁻², 1st"),
        ("<p><kbd>Ctrl</kbd>+<kbd>C</kbd> <ins>new</ins></p>", "Ctrl+C new"),
        ("<p><code>_private</code> <code>a <b>b</b><br>c</code></p>", "_private a b c"),
        ("<blockquote><p>So be it</p><footer>Ann</footer></blockquote>", "So be it Ann"),
        ('<p>x<b>"y"</b>z <i>(a)</i>b</p>', 'x"y"z (a)b'),
        ("<p><i>a</i><del><code>b</code></del><code>c</code></p>", "abc"),
    ],
)
def test_no_word_is_lost(html: str, words: str) -> None:
    draft = markup.read(html)
    assert shown(draft) == words
    assert not draft.cut


@pytest.mark.parametrize(
    ("html", "made"),
    [
        ("<p><b>x</b><b>y</b></p>", "<strong>xy</strong>"),
        ("<p><code>x</code><code>y</code></p>", "<code>xy</code>"),
        (
            "<p><b>x</b><i>y</i> <b>a<i>b</i></b></p>",
            "<strong>x</strong><em>y</em> <strong>a<em>b</em></strong>",
        ),
        ("<p><b>Title<br></b>text</p>", "<strong>Title</strong><br />\ntext"),
        ("<p>one<br><br>two</p>", "one</p>\n<p>two"),
        ("<p><del>old</del> new</p>", "<s>old</s> new"),
        ("<p>Look!<a href='https://a.b'>here</a></p>", 'Look!<a href="https://a.b">here</a>'),
        ("<a href='https://a.b'><div>in</div></a>", '<a href="https://a.b">in</a>'),
        ("<p>本文<b>「注」</b>です</p>", "本文<strong>「注」</strong>です"),
    ],
)
def test_marks_are_read_as_marks(html: str, made: str) -> None:
    assert rendered(html) == made


@pytest.mark.parametrize(
    ("html", "title"),
    [
        (
            "How to use <code>list[int]</code> and <code>SELECT *</code>",
            "How to use list[int] and SELECT *",
        ),
        ("Call f[i](x) now", "Call f[i](x) now"),
        ("A <a href='https://a.b/c'><b>link</b></a>, _x and 10<sup>6</sup>", "A link, _x and 10⁶"),
    ],
)
def test_a_title_has_its_words_alone(html: str, title: str) -> None:
    assert markup.read(f"<h1>{html}</h1>") == Draft(title, "")


def test_an_item_ends_with_its_list() -> None:
    assert markup.read("<ul><li><pre>x</pre></ul><p>after").body.endswith("\n\nafter")


def test_it_says_what_is_cut() -> None:
    row = "".join(f"<td>{number}" for number in range(MAX_COLUMNS + 1))
    assert markup.read(f"<table><tr>{row}</table>").cut
    assert not markup.read(f"<table><tr>{row.removesuffix(f'{MAX_COLUMNS}')}</table>").cut
    assert plain.read_csv(",".join(map(str, range(MAX_COLUMNS + 1)))).cut
    assert not plain.read_csv(",".join(map(str, range(MAX_COLUMNS)))).cut


def test_an_article_is_never_cut() -> None:
    rows = "<tr><td>x" * (MAX_ROWS + 1)
    with pytest.raises(Refused) as raised:
        worker.read(f"<!doctype html><table>{rows}</table>".encode(), "a.html", print)
    assert raised.value.code == "too_long"
