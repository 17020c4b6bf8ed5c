"""Markdown files read as articles: titles, sections, anchors and verbatim sentences."""

from __future__ import annotations

import pytest

from chatkit.knowledge.articles import LAST, is_item, parse_article, slugify, split_sentences
from tests.tools.promptly import printed

SOURCE = """---
keywords: bill, invoice a client ,
order: 4
---
# Invoices

They ask for money. They can't be edited!

## Issue one

1. Open **Orders**. Press it.
2. Press *Issue*.

Is it done? Yes, e.g. at once.

## Issue one ##

```
## not a heading
```

### Último año

Nothing.
"""


def test_article() -> None:
    article = parse_article("\ufeff" + SOURCE.replace("\n", "\r\n"), "invoices", "en")
    assert (article.slug, article.language, article.title) == ("invoices", "en", "Invoices")
    assert article.keywords == ("bill", "invoice a client")
    assert article.order == 4
    assert article.text.startswith("# Invoices\n\nThey ask")
    assert [(part.heading, part.anchor) for part in article.sections] == [
        ("", ""),
        ("Issue one", "issue-one"),
        ("Issue one", "issue-one-2"),
        ("Último año", "ultimo-ano"),
    ]
    assert article.sections[1].title == "Invoices"
    assert article.sections[1].sentences == (
        "1. Open **Orders**. Press it.",
        "2. Press *Issue*.",
        "Is it done?",
        "Yes, e.g. at once.",
    )
    assert article.sections[2].text == "```\n## not a heading\n```"


def test_sentences_are_verbatim() -> None:
    for section in parse_article(SOURCE, "invoices", "en").sections:
        assert all(sentence in section.text for sentence in section.sentences)


@pytest.mark.parametrize(
    ("source", "title", "sections"),
    [
        ("", "My page", 0),
        ("Only text.", "My page", 1),
        ("# T", "T", 0),
        ("---\nkeywords: a", "My page", 1),
        ("---\n---\n# T\n\nText.", "T", 1),
        ("---\n\nA rule, not a block.\n\n---more", "My page", 1),
        ("## A\n## B\n\nText.", "My page", 1),
        ("# T\n\n```\nnever closed", "T", 1),
    ],
)
def test_odd_sources(source: str, title: str, sections: int) -> None:
    article = parse_article(source, "my-page", "en")
    assert (article.title, len(article.sections)) == (title, sections)


def test_a_rule_is_no_front_matter() -> None:
    source = "---\n\nkeywords: none\n\n---more\n\nText."
    assert parse_article(source, "t", "en").text == source


@pytest.mark.parametrize("order", ["", "x", "-1", "²", "9" * 40])
def test_order_that_is_no_number(order: str) -> None:
    assert parse_article(f"---\norder: {order}\n---\n# T", "t", "en").order == LAST


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("¿Ya está? ¡Sí! Toca **Guardar**.", ("¿Ya está?", "¡Sí!", "Toca **Guardar**.")),
        ("Cuesta 3.5 pesos. Nada más.", ("Cuesta 3.5 pesos.", "Nada más.")),
        ("Escribe al Sr. Pérez, p. ej. Hoy.", ("Escribe al Sr. Pérez, p. ej. Hoy.",)),
        ('He said "no." Then he left.', ('He said "no."', "Then he left.")),
        ("See J. Smith. **Bold** starts.", ("See J. Smith.", "**Bold** starts.")),
        ("One line\ngoes on. Next\none.", ("One line\ngoes on.", "Next\none.")),
        ("Intro.\n- a\n  b. C\n- d\n\nEnd.", ("Intro.", "- a\n  b. C", "- d", "End.")),
        ("| a | b |\n|---|---|\n| 1. X | 2 |", ("| a | b |\n|---|---|\n| 1. X | 2 |",)),
        ("~~~\nA. B. C\n\nD\n~~~\nAfter. All.", ("~~~\nA. B. C\n\nD\n~~~", "After.", "All.")),
        ("1. ```\n   A. B\n   ```\n2. Go. On.", ("1. ```\n   A. B\n   ```", "2. Go. On.")),
        ("- ```\n  A. B\n\nOut. There.", ("- ```\n  A. B", "Out.", "There.")),
        ("``` a`b. Then.", ("``` a`b.", "Then.")),
        (" \n\n", ()),
        (
            "Wait ... What?! (Yes.) No?!.. *So.* Go",
            ("Wait ...", "What?!", "(Yes.)", "No?!..", "*So.*", "Go"),
        ),
    ],
)
def test_split_sentences(text: str, sentences: tuple[str, ...]) -> None:
    assert split_sentences(text) == sentences


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("## A", "A"),
        ("  ##\tA  B \t## ", "A  B"),
        ("## A # #", "A #"),
        ("## A#", "A#"),
        ("## ##", "##"),
        ("##", ""),
        ("##A", ""),
        ("## A\N{NO-BREAK SPACE}", "A"),
    ],
)
def test_headings(line: str, words: str) -> None:
    (section,) = parse_article(f"# T\n{line}\n\nText.", "t", "en").sections
    assert section.heading == words


@pytest.mark.parametrize(
    "fence",
    [
        "1. ```bash\n   # ls\n   ```\n2. Wait.",
        "- ~~~\n  # ls\n  ~~~",
        "- 1. ```\n     # ls\n     ```",
        "- ```\n  never closed",
        "1. ```\n   # ls\n\n   # ls\n   ```\n\n   Text.",
        "``` no`fence",
    ],
)
def test_a_fence_ends_with_its_list_item_at_the_latest(fence: str) -> None:
    source = f"# T\n\n## One\n\n{fence}\n\n## Two\n\nText.\n"
    one, two = parse_article(source, "t", "en").sections
    assert (one.heading, one.text) == ("One", fence)
    assert (two.heading, two.text) == ("Two", "Text.")


def test_anchors_are_unique() -> None:
    headings = ["A", "A 2", "A", "?", "A", "!", "A 2", "A"]
    source = "".join(f"## {heading}\n\nText.\n\n" for heading in headings)
    assert [section.anchor for section in parse_article(source, "t", "en").sections] == [
        "a", "a-2", "a-3", "section", "a-4", "section-2", "a-2-2", "a-5",
    ]  # fmt: skip


@pytest.mark.slow
def test_many_equal_headings_take_no_time() -> None:
    program = """
from chatkit.knowledge.articles import parse_article
print(parse_article("# a\\n\\nx\\n" * 20_000, "t", "en").sections[-1].anchor)
"""
    assert printed(program) == "a-19999"


@pytest.mark.slow
def test_long_runs_take_no_time() -> None:
    program = """
from chatkit.knowledge.articles import parse_article, split_sentences
for text in ("!" * 200_000, "A. " * 30_000, "x" + ". " * 90_000, "a." * 90_000 + " B"):
    print(len(split_sentences(text)))
print(len(parse_article("# a" + " " * 100_000 + "b", "t", "en").title))
"""
    assert printed(program).split() == ["1", "1", "1", "1", "100002"]


def test_is_item() -> None:
    assert [is_item(text) for text in ("1. a", "- a", "* a", "12) a", "1.5 a", "-a", "a")] == [
        *[True] * 4,
        *[False] * 3,
    ]


def test_slugify() -> None:
    assert slugify("¿Qué pasa, aquí? ") == "que-pasa-aqui"
