"""PDF: its lines become headings by their size and weight, paragraphs, lists, and tables where
lines are drawn around the cells."""

from __future__ import annotations

import io
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from . import writing
from .drafts import MAX_PAGES, MAX_TEXT, Draft, Progress, Refused
from .late import Late, until

LARGER = 1.12  # than the running text: a heading
LEAST = 20  # characters; with fewer it is a scan
SHORT = 120  # characters of a heading
EDGE = 0.08  # of a page's height, where headers, footers and page numbers stand
PASSWORD = {"PDFPasswordIncorrect", "PDFEncryptionError"}
_BULLET = re.compile(r"[•◦▪●‣·–*-]\s+(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")


@dataclass
class Line:
    """A line of text, or a table (as Markdown)."""

    text: str
    page: int
    top: float
    bottom: float
    left: float
    height: float  # of the page
    size: float = 0
    bold: bool = False
    is_table: bool = False


def read(data: bytes, progress: Progress, deadline: float | None = None) -> Draft:
    """Raises ImportError where pdfplumber is missing. With a deadline, by `time.monotonic()`, what
    was read until then counts, and a document with more pages or text than the limit is cut."""
    import pdfplumber  # with the worker alone: it takes a while

    lines: list[Line] = []
    count, done, more, late = 0, 0, False, False
    try:
        with until(deadline), pdfplumber.open(io.BytesIO(data)) as document:
            pages = document.pages
            count, more = len(pages), len(pages) > MAX_PAGES
            if more and deadline is None:
                raise Refused("too_many_pages")
            length = 0
            for number, page in enumerate(pages[:MAX_PAGES]):
                found = lines_of(page, number)
                page.close()
                lines += found
                done = number + 1
                progress(done, count)
                length += sum(len(line.text) for line in found)
                if deadline is not None and length > MAX_TEXT:
                    more = True
                    break
    except Late:
        more = late = True
    except (Refused, MemoryError, RecursionError):
        raise
    except Exception as error:  # whatever a broken file brings
        names = _names(error)
        if "MemoryError" in names:
            raise MemoryError from error
        if Late.__name__ not in names:
            raise Refused("encrypted" if names & PASSWORD else "broken") from error
        more = late = True
    if sum(len(line.text) for line in lines) < LEAST:
        raise Refused("too_slow" if late else "no_text" if count else "broken")
    made = draft(without_edges(lines, done))
    return Draft(made.title, made.body, more)


def _names(error: BaseException) -> set[str]:
    """Of what it is and of what it wraps."""
    causes = [error, error.__cause__, error.__context__, *error.args]
    return {type(cause).__name__ for cause in causes}


def lines_of(page: Any, number: int) -> list[Line]:
    height = float(page.height)
    found, boxes = [], []
    for table in page.find_tables():
        rows = [[writing.escape(cell or "") for cell in row] for row in table.extract()]
        if len(rows) < 2 or max(map(len, rows)) < 2:
            continue  # a frame
        left, top, _, bottom = table.bbox
        boxes.append(table.bbox)
        made = writing.table(rows)
        found.append(Line(made, number, top, bottom, left, height, is_table=True))
    if boxes:
        page = page.filter(lambda part: not any(_within(part, box) for box in boxes))
    for line in page.extract_text_lines(return_chars=True):
        chars = line["chars"]
        text = writing.one_line(line["text"])
        if text and chars:
            size = round(statistics.median(char["size"] for char in chars), 1)
            bold = all(
                "bold" in str(char["fontname"]).lower() for char in chars if char["text"].strip()
            )
            place = (line["top"], line["bottom"], line["x0"], height)
            found.append(Line(text, number, *place, size, bold))
    return sorted(found, key=lambda line: (line.top, line.left))


def _within(part: Any, box: Any) -> bool:
    if part.get("object_type") != "char":
        return False
    middle, level = (part["x0"] + part["x1"]) / 2, (part["top"] + part["bottom"]) / 2
    return bool(box[0] <= middle <= box[2] and box[1] <= level <= box[3])


def without_edges(lines: list[Line], pages: int) -> list[Line]:
    """Without page numbers, and without what stands at the edge of most pages."""

    def edge(line: Line) -> str:
        at_edge = line.top < EDGE * line.height or line.bottom > (1 - EDGE) * line.height
        return re.sub(r"\d+", "0", line.text) if at_edge and not line.is_table else ""

    counts = Counter(edge(line) for line in lines)
    return [
        line
        for line in lines
        if not (words := edge(line))
        or not (words == "0" or (pages > 2 and counts[words] > pages / 2))
    ]


def draft(lines: list[Line]) -> Draft:
    sizes = Counter[float]()
    for line in lines:
        if not line.is_table:
            sizes[line.size] += len(line.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0
    larger = sorted({line.size for line in lines if line.size > LARGER * usual}, reverse=True)
    title, body = "", list[str]()
    for group in groups(lines, usual):
        level = level_of(group[0], usual, larger)
        text = joined(group)
        if not level:
            body.append(block(group, text))
        elif not title and (not body or is_title(group[0], larger, body)):
            title = text
        else:
            body.append(writing.heading(level, writing.escape(text)))
    text, before = "", False
    for made in filter(None, body):
        is_item = bool(re.match(r"- |\d+\. ", made))
        text += ("\n" if before and is_item else "\n\n" if text else "") + made
        before = is_item
    return Draft(title, text)


def is_title(line: Line, larger: list[float], before: list[str]) -> bool:
    """Whether what stands above it on the first page is but a name or a date."""
    return line.page == 0 and len(larger) > 1 and line.size == larger[0] and len(before) <= 3


def level_of(line: Line, usual: float, larger: list[float]) -> int:
    """The level of a heading, 0 where it is none."""
    if line.is_table or len(line.text) > SHORT:
        return 0
    if line.size in larger:
        # With a title of its own size, the next one is that of the sections.
        return min(larger.index(line.size) + (1 if len(larger) > 1 else 2), 5)
    if line.bold and not line.text.endswith((".", ",", ";")) and not _item(line.text):
        return min(len(larger) + 1, 5) if len(larger) > 1 else len(larger) + 2
    return 0


def groups(lines: Iterable[Line], usual: float) -> Iterator[list[Line]]:
    """Lines that are one heading, one paragraph or one item."""
    group: list[Line] = []
    for line in lines:
        if group and not follows(group[-1], line, usual):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def follows(before: Line, line: Line, usual: float) -> bool:
    if before.is_table or line.is_table or _item(line.text):
        return False
    if before.bold and not line.bold and not before.text.endswith((".", ",", ";")):
        return False  # a heading
    if (before.size, before.bold) != (line.size, line.bold):
        return abs(before.size - line.size) < 1 and max(before.size, line.size) <= LARGER * usual
    if before.page != line.page:
        return line.text[:1].islower()
    return line.top - before.bottom < 0.7 * max(before.size, 1)


def joined(group: list[Line]) -> str:
    """The lines as running text. A word divided at a line's end is one again."""
    text = ""
    for line in group:
        if re.search(r"[^\W\d_]-$", text) and line.text[:1].islower():
            text = text[:-1] + line.text
        else:
            text = f"{text} {line.text}".strip()
    return text


def block(group: list[Line], text: str) -> str:
    if group[0].is_table:
        return group[0].text
    if bullet := _BULLET.match(text):
        return "- " + writing.begin(writing.escape(text[bullet.end() :]))
    if number := _NUMBER.match(text):
        return f"{number[1]}. " + writing.begin(writing.escape(text[number.end() :]))
    return writing.paragraph(text)


def _item(text: str) -> bool:
    return bool(_BULLET.match(text) or _NUMBER.match(text))
