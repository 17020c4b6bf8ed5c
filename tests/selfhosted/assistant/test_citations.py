"""Marks in a text that comes in pieces."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit.toolbox import Source


def cited(pieces: list[str], sources: int = 3) -> tuple[str, list[tuple[str, int | None]]]:
    from chatkit.selfhosted.assistant.citations import CitedText

    part = CitedText([Source(f"s{number}", f"/{number}") for number in range(1, sources + 1)])
    shown, annotations = "", list[Any]()
    for piece in pieces:
        text, more = part.feed(piece)
        shown, annotations = shown + text, annotations + more
    text, more = part.finish()
    assert shown + text == part.text
    assert annotations + more == part.annotations
    return part.text, [(a.source.title, a.index) for a in part.annotations]


@pytest.mark.parametrize(
    ("text", "shown", "found"),
    [
        ("It is so [1].", "It is so.", [("s1", 8)]),
        ("A[1][2] b【3†lines】", "A b", [("s1", 1), ("s2", 1), ("s3", 3)]),
        ("See [9] and [x] and [1](http://a)", "See [9] and [x] and [1](http://a)", []),
        ("list[0] [", "list[0] [", []),
        ("[1]", "", [("s1", 0)]),
        # An emoji is one character, as the element counts too (markdown/citations.test.ts).
        ("😀👍 One [1]. Two [2].", "😀👍 One. Two.", [("s1", 6), ("s2", 11)]),
    ],
)
def test_marks(text: str, shown: str, found: list[tuple[str, int]]) -> None:
    assert cited([text]) == (shown, found)


@pytest.mark.parametrize(
    "code",
    [
        "`sys.argv[1]`",
        "`` a`b[1] ``",
        "`a[1]\nb[2]`",
        "`\\`",
        "```py\na[1]\n\nb[2]\n```",
        "- ```\n  a[1] `\n  ```",
        "> ~~~\n> a[1] ``` b[2]\n> ~~~~",
        "````\n```\na[1]\n```\nb[1]\n````",
        "```a[1] b[2]```",
        "```\nnever closed [1]",
    ],
)
def test_code_is_left_as_it_is(code: str) -> None:
    shown = f"So:\n{code}" if "never" in code else f"So:\n{code}\nand so"
    assert cited([shown]) == (shown, [])
    if "never" not in code:
        assert cited([f"{shown} [1]."]) == (f"{shown}.", [("s1", len(shown))])


@pytest.mark.parametrize(
    "text", ["It costs \\`5 [1]", "~~It~~ costs 5 [1]", "It costs 5`\n\nSo it is [1]"]
)
def test_what_is_no_code(text: str) -> None:
    assert cited([text]) == (text.removesuffix(" [1]"), [("s1", len(text) - 4)])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1. Press the ` key [1].\n2. Then", ""),
        ("- Press `\n- [ ] then", "\n"),
        ("* It ``\n  * is", ""),
        ("Press `\n\n1. It", ""),
        ("The ` key\n# It is", ""),
        ("# The ` key\nIt is", ""),
        ("- # The ` key\n  It is", ""),
        ("The ` key\n===\nIt is", ""),
        ("The ` key\n---\nIt is", ""),
        ("The ` key\n> It is", ""),
        ("> The ` key\n>\n> It is", ""),
        ("> The ` key\n> > It is", ""),
        ("The ` key\n```\na[1]\n```\nIt is", ""),
        ("The ` key\n~~~ py\na[1] ` b\n~~~\nIt is", ""),
        ("| Key | Does |\n|-|-|\n| ` | that", " |\n"),
        ("| Key | Does |\n|-|-|\n| ` | that |\n| x | it", " |\n"),
        ("Key | Does\n--- | ---\n` | that\nx | it", "\n"),
        ("1. ` [x]\n2. Use `a[2]` and ` so\n3. ``b[3]``", "\n"),
    ],
)
def test_a_span_ends_with_its_block(before: str, after: str) -> None:
    """A single backtick takes the citations of no later item, row or paragraph."""
    shown, found = cited([f"{before} [1]{after}"])
    assert shown == f"{before}{after}"
    assert found == [("s1", len(before))]


@pytest.mark.parametrize(
    "code",
    [
        "- `a[1]\n  b[2]`",
        "> `a[1]\n> b[2]`",
        "> `a[1]\nb[2]`",
        "`a[1]\n-b[2] |c[3]`",
        "`a | b[1]`",
        "| x |\n|-|\n| `a\\|b[1]` |",
        "a ```` ```\nb[1] ````",
    ],
)
def test_a_span_goes_on_in_its_block(code: str) -> None:
    assert cited([code]) == (code, [])


def test_without_sources_nothing_is_touched() -> None:
    assert cited(["a [1] b"], sources=0) == ("a [1] b", [])


@given(st.data())
def test_pieces_make_no_difference(data: st.DataObject) -> None:
    text = data.draw(st.text("a [1](23)】【†\n`~\\->.#|=", max_size=40))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    edges = [0, *cuts, len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(edges)]
    assert cited(pieces) == cited([text])
