"""What the help desk says: passages under their headings, or a fixed sentence, in the question's
language where this app speaks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import to_language

from chatkit.types import URLSource

from ..knowledge import Findings, Match, Section
from ..knowledge.articles import is_item
from ..knowledge.citing import section_title, section_url
from ..knowledge.courtesy import courtesy
from ..knowledge.language import DEFAULT, names_no_topic, primary
from ..knowledge.language import name as language_name
from ..models import Run

LOCALE = Path(__file__).parents[1] / "locale"
_BREAKS = re.compile(r"(?<!\s)\s*\n\s*")


@dataclass(frozen=True)
class Piece:
    """A text that is streamed in one event; `source` is cited behind it."""

    text: str
    source: URLSource | None = None


def outcome_of(question: str, findings: Findings) -> str:
    """How an answer from these findings ends. Thanks want none, and a greeting is met with
    topics."""
    if findings.matches or courtesy(question) in ("thanks", "farewell"):
        return Run.Outcome.ANSWERED
    return Run.Outcome.CLARIFIED if findings.asks else Run.Outcome.NOT_FOUND


def article_source(section: Section, reader: str = "") -> URLSource:
    """`reader` as in `section_url`."""
    return URLSource(title=section_title(section), url=section_url(section, reader))


SourceOf = Callable[[Section], URLSource]


def reply_pieces(
    question: str, findings: Findings, source_of: SourceOf = article_source
) -> Iterator[Piece]:
    """The whole reply: the passages, behind a line that names their language where it is not
    the question's; or a fixed sentence."""
    if not findings.matches:
        yield Piece(_sentence(question, findings))
        return
    written = findings.matches[0].section.language
    if written != findings.language:
        words = _("The help articles about this are in %(language)s:")
        yield Piece(words % {"language": language_name(written)} + "\n\n")
    yield from answer_pieces(findings.matches, source_of)


def answer_pieces(
    matches: tuple[Match, ...], source_of: SourceOf = article_source
) -> Iterator[Piece]:
    """The matches' sentences, one by one, each passage under its heading; it ends with its
    source."""
    for number, match in enumerate(matches):
        yield Piece(("\n\n" if number else "") + heading(match.section) + "\n\n")
        last = len(match.sentences) - 1
        source = source_of(match.section)
        for position, sentence in enumerate(match.sentences):
            before = ""
            if position:
                # A list item begins a line; so does what follows a list.
                listed = is_item(sentence), is_item(match.sentences[position - 1])
                before = "\n" if all(listed) else "\n\n" if any(listed) else " "
            yield Piece(before + sentence, source if position == last else None)


def heading(section: Section) -> str:
    """Where a passage stands: `### Orders › Cancel an order`."""
    parts = filter(None, (section.title, section.heading))
    return "### " + _BREAKS.sub(" ", " › ".join(parts))


@cache
def spoken(language: str) -> str:
    """The language of the words around an answer: the question's, or English where neither this
    app nor the site has its texts. Django needs the code of their folder: "zh" gives "zh-hans"."""
    folders = [LOCALE, *map(Path, settings.LOCALE_PATHS)]
    names = [entry.name for folder in folders if folder.is_dir() for entry in folder.iterdir()]
    # The shortest name comes last and stays: "pt" before "pt_BR".
    known = {primary(name): to_language(name) for name in sorted(names, key=len, reverse=True)}
    return known.get(language, DEFAULT)


def _sentence(question: str, findings: Findings) -> str:
    """The fixed sentence for a courtesy, for what is not clear, or what no article covers."""
    said = courtesy(question)
    if said == "thanks":
        return _("You’re welcome! Ask again whenever you like.")
    if said == "farewell":
        return _("Goodbye! What we wrote stays here for you.")
    if names_no_topic(question, findings.language) and findings.nearest:
        words = _("I answer from the help articles. Choose a topic, or ask in your own words:")
        hello = _("Hello!")
        return f"{hello} {words}" if said == "greeting" else words
    if findings.asks:
        return _("I am not sure what you mean. Did you mean one of these?")
    if findings.nearest:
        return _("The help articles don’t answer that. Maybe one of these topics helps:")
    return _("The help articles don’t answer that.")
