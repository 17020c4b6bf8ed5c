"""Help articles: Markdown files read into titles, sections and verbatim sentences.

An article is `# Title`, then sections under `##` (or deeper) headings. A block between two `---`
lines may stand first, with `keywords: a, b` (other words for the topic) and
`order: 3` (its place in the list of topics).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

SLUG = re.compile(r"[a-z0-9-]+")
LAST = 1_000_000  # the order of an article that names none

# A fence may open on the line of a list item, and one of backticks has none behind its language.
_FENCE = re.compile(
    r" {0,3}((?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}(?=[^`\n]*$)|~{3,})", re.MULTILINE
)
_OPENS, _WITHIN, _CLOSES, _OUTSIDE = "opens", "within", "closes", ""
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\S")
# A sentence ends at its mark (and closing quotes or emphasis) if a new one can begin after it. Of a
# run of marks only the first is tried, and none is given back: that took hours for a long run.
_SENTENCE_END = re.compile(
    r"""(?<![.!?…؟])[.!?…؟]++["'”’»)\]*_]*+(\s++)(?=["'“‘«(\[*_`]*[^\W_a-z]|["'“‘«(\[*_`]*[¿¡])"""
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|p\. ?ej|ej|etc|vs|approx|aprox|núm|pág|fig|sr|sra|srta|dr|dra"
    r"|mr|mrs|ms|ud|uds|inc|ltd|(?:[^\W\d_]\.)*[^\W\d_])\.$",
    re.IGNORECASE,
)
_LONGEST = 30  # characters of an abbreviation and of what stands before it


@dataclass(frozen=True)
class Section:
    """A part of an article: the text under one heading, or before the first (heading "")."""

    slug: str
    language: str
    title: str  # of the article
    heading: str
    anchor: str  # the heading as an id, unique within the article; "" without a heading
    text: str  # Markdown, without the heading's own line
    sentences: tuple[str, ...]  # verbatim pieces of `text`, in order; a list item is one
    workflow_id: str = ""  # of the only workflow that has this article, where it is of its own


@dataclass(frozen=True)
class Article:
    slug: str
    language: str
    title: str
    text: str  # Markdown, title included, front matter not
    sections: tuple[Section, ...]
    keywords: tuple[str, ...] = ()
    order: int = LAST
    phrasings: tuple[str, ...] = ()  # questions that it answers, as people asked them


def slugify(heading: str) -> str:
    """The heading as an id: `Qué pasa aquí` gives `que-pasa-aqui`."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def parse_article(markdown: str, slug: str, language: str) -> Article:
    """Read one file's text. Never raises: without a `#` heading the slug serves as title."""
    markdown = markdown.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    fields, text = _front_matter(markdown.replace("\0", ""))
    title, parts = "", []
    heading, lines = "", list[str]()
    for line, mark in _lines_with_headings(text):
        if mark is None:
            lines.append(line)
            continue
        level, words = mark
        if level == 1 and not title:
            title = words
        else:
            parts.append((heading, "\n".join(lines).strip()))
            heading, lines = words, []
    parts.append((heading, "\n".join(lines).strip()))
    title = title or slug.replace("-", " ").capitalize()
    anchors: dict[str, int] = {}
    sections = tuple(
        Section(slug, language, title, head, _anchor(head, anchors), body, split_sentences(body))
        for head, body in parts
        if body
    )
    order = fields.get("order", "")
    return Article(
        slug=slug,
        language=language,
        title=title,
        text=text.strip(),
        sections=sections,
        keywords=tuple(filter(None, map(str.strip, fields.get("keywords", "").split(",")))),
        # isascii too: isdigit alone takes digits that int refuses, such as ².
        order=int(order) if order.isascii() and order.isdigit() and len(order) < 7 else LAST,
    )


def without_title(text: str) -> str:
    """The text without its title's line, the first `#` heading."""
    kept, found = [], False
    for line, mark in _lines_with_headings(text):
        if mark is not None and mark[0] == 1 and not found:
            found = True
        else:
            kept.append(line)
    return "\n".join(kept)


def anchors(article: Article) -> dict[int, str]:
    """The anchors of an article's sections by the lines of its text where their headings stand."""
    sections = [section for section in article.sections if section.heading]
    found: dict[int, str] = {}
    heading: tuple[int, str] | None = None  # without text as yet
    titled = False
    for number, (line, mark) in enumerate(_lines_with_headings(article.text)):
        if mark is not None and mark[0] == 1 and not titled:
            titled = True
        elif mark is not None:
            heading = (number, mark[1])
        elif heading is not None and line.strip():
            if sections and sections[0].heading == heading[1]:
                found[heading[0]] = sections.pop(0).anchor
            heading = None
    return found


def split_sentences(markdown: str) -> tuple[str, ...]:
    """The sentences of Markdown text, each a verbatim piece of it, in order.

    A list item, a table and a fenced block are one piece each; an item keeps its marker.
    """
    return tuple(
        sentence
        for block in _blocks(markdown)
        for sentence in (_sentences(block) if _is_prose(block) else [block])
    )


def is_item(sentence: str) -> bool:
    """Whether a sentence of a section is a list item."""
    return _ITEM.match(sentence) is not None


def _front_matter(markdown: str) -> tuple[dict[str, str], str]:
    head, separator, rest = markdown.partition("\n---")
    if not (head == "---" or head.startswith("---\n")) or not separator:
        return {}, markdown
    if rest and not rest.startswith("\n"):
        return {}, markdown
    pairs = (line.partition(":") for line in head.splitlines()[1:])
    return {key.strip().lower(): value.strip() for key, colon, value in pairs if colon}, rest


def _lines_with_fences(text: str) -> Iterator[tuple[str, str]]:
    """Each line, and where it is: it opens a fence, is within one, closes it, or is outside."""
    fence, margin = "", 0
    for line in text.split("\n"):
        words = line.strip()
        if words and len(line) - len(line.lstrip()) < margin:
            fence, margin = "", 0  # the list item that it is in has ended
        if fence:
            closes = words.startswith(fence) and not words.strip(fence[0])
            yield line, _CLOSES if closes else _WITHIN
            if closes:
                fence, margin = "", 0
        elif opened := _FENCE.match(line):
            fence, margin = opened[2], opened.start(2) if opened[1] else 0
            yield line, _OPENS
        else:
            yield line, _OUTSIDE


def _lines_with_headings(text: str) -> Iterator[tuple[str, tuple[int, str] | None]]:
    """Each line with (level, words) if it is a heading; inside a fence nothing is."""
    for line, where in _lines_with_fences(text):
        found = _HEADING.fullmatch(line) if where == _OUTSIDE else None
        words = _unclosed(found[2]) if found else ""
        yield line, (len(found[1]), words) if found and words else None


def _unclosed(heading: str) -> str:
    """A heading's words without the signs that may close it, and the space around them."""
    words = heading.rstrip(" \t")
    closed = words.rstrip("#")
    return (closed if closed.endswith((" ", "\t")) else words).strip()


def _anchor(heading: str, taken: dict[str, int]) -> str:
    """Unique among `taken`, which has each anchor with the number that the next one like it gets:
    counted from the first, thousands of equal headings took minutes."""
    base = slugify(heading) or ("section" if heading else "")
    anchor, number = base, taken.get(base, 2)
    while anchor and anchor in taken:
        anchor, number = f"{base}-{number}", number + 1
    taken[base] = number
    taken.setdefault(anchor, 2)
    return anchor


def _blocks(markdown: str) -> Iterator[str]:
    """Paragraphs, list items, tables and fences, each without the blank space around it."""
    block: list[str] = []
    fenced = False
    for line, where in _lines_with_fences(markdown):
        if where in (_WITHIN, _CLOSES):
            block.append(line)
            fenced = where == _WITHIN
            if not fenced:
                yield "\n".join(block).strip()
                block = []
            continue
        new = fenced or where == _OPENS or not line.strip() or _ITEM.match(line)
        if block and new:
            yield "\n".join(block).strip()
            block = []
        fenced = where == _OPENS
        if line.strip():
            block.append(line)
    if block:
        yield "\n".join(block).strip()


def _is_prose(block: str) -> bool:
    return not (_ITEM.match(block) or block.startswith("|") or _FENCE.match(block))


def _sentences(paragraph: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE_END.finditer(paragraph):
        # Its last characters alone: there may be no end of a sentence for a long while.
        if not _ABBREVIATION.search(paragraph[max(start, end.start(1) - _LONGEST) : end.start(1)]):
            yield paragraph[start : end.start(1)]
            start = end.end()
    yield paragraph[start:]
