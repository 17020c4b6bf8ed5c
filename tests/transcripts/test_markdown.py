"""Conversations' Markdown in the admin: what comes out is bounded as what goes in is."""

from __future__ import annotations

import pytest

from chatkit.knowledge.markdown import GROWTH, LARGEST
from chatkit.transcripts.markdown import render

HOSTILE = {
    "one reference, often": "[x]: https://example.com/" + "a" * 2000 + "\n\n" + "[x] " * 11_000,
    "quotes in quotes": ">" * 2000 + " deep",
    "asterisks": "*" * 6000,
    "links that never end": "[a](" * 12_500,
    "a wide table": "|" + "a|" * 300 + "\n|" + "-|" * 300 + "\n" + ("|" + "b|" * 300 + "\n") * 18,
    "lists in lists": "- " * 2000 + "deep",
    "brackets": "[" * 50_000,
    "entities": "&" * 50_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_page_stays_small(text: str) -> None:
    assert len(render(text)) <= LARGEST + (GROWTH + 10) * len(text)


def test_what_is_too_large_is_shown_as_it_was_written() -> None:
    text = HOSTILE["one reference, often"] + "<script>"
    html = render(text)
    assert "without its formatting" in html
    assert "[x] [x] [x]" in html
    assert "<script>" not in html


def test_other_texts_keep_their_formatting() -> None:
    assert render("**a** [b](https://example.com)").startswith("<p><strong>a</strong> <a ")
