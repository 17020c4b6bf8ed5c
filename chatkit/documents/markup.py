"""HTML as Markdown: headings, paragraphs, lists, tables, links. Scripts and styles are left out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from . import writing
from .drafts import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Draft, Refused
from .marks import SIGNS, Mark, write

HEADINGS = {f"h{level}": level for level in range(1, 7)}
LEFT_OUT = {
    *("script", "style", "template", "noscript", "svg", "math", "iframe", "object", "nav"),
    *("select", "textarea", "button", "canvas", "audio", "video", "footer"),
}
BLOCKS = {
    *("p", "div", "section", "article", "main", "header", "aside", "figure", "figcaption", "form"),
    *("dl", "dt", "dd", "address", "fieldset", "details", "summary", "hr", "body", "html"),
    *("caption", "center", "dialog", "footer", "hgroup", "legend", "menu", "search"),
    *HEADINGS,
    *("ul", "ol", "li", "blockquote", "pre"),
}
CELLS = {"tr", "td", "th"}
DEEPEST = 20  # marks within each other; more are left out
LIST_DEPTH = 5
# What the parser gives up at, and a browser takes for a comment up to the next ">".
_STRANGE = re.compile(r"<!\[(?!(?:cdata\[|if\b|else\b|endif\b))[^>]*>?", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\x00-\x20]{1,2000}", re.IGNORECASE)


PIECE = 64 * 1024  # characters between two looks at the clock


def read(text: str, deadline: float | None = None) -> Draft:
    """The title is that of the first <h1>, else of <title>. With a deadline, by
    `time.monotonic()`, it ends there, or once there is more text than a draft may have."""
    builder = _Builder()
    try:
        for piece in _pieces(_STRANGE.sub("", text)):
            if deadline is not None and (builder.length > MAX_TEXT or time.monotonic() > deadline):
                builder.cut = True
                break
            builder.feed(piece)
        builder.close()
    except AssertionError as error:  # what else of its kind there may be
        raise Refused("broken") from error
    return builder.draft()


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that begin with a tag: no word is in two of them."""
    start = 0
    while start < len(text):
        end = text.find("<", start + PIECE)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end


@dataclass
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    spans: dict[int, tuple[int, str]] = field(default_factory=dict)  # column: rows left, text
    beside: list[str] = field(default_factory=list)  # its caption, and what is in no cell
    cut: bool = False

    def add(self, cell: str, columns: int, rows: int) -> None:
        """A cell in the first free column; one over several rows says the same in each."""
        if not self.rows:
            self.rows.append([])
        self.fill()
        row = self.rows[-1]
        self.cut = self.cut or (bool(cell) and len(row) >= MAX_COLUMNS)
        for _ in range(min(columns, MAX_COLUMNS - len(row))):
            if rows > 1:
                self.spans[len(row)] = (rows - 1, cell)
            row.append(cell)
            cell = ""

    def fill(self) -> None:
        """The cells of rows above that reach into this one."""
        row = self.rows[-1]
        while len(row) < MAX_COLUMNS and len(row) in self.spans:
            left, cell = self.spans.pop(len(row))
            if left > 1:
                self.spans[len(row)] = (left - 1, cell)
            row.append(cell)

    def begin_row(self) -> None:
        if self.rows:
            self.fill()
        self.rows.append([])


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[str, bool]] = []  # Markdown, and whether it is a list's item
        self.title = self.page_title = ""
        self.marks = [Mark("")]
        self.lists: list[int] = []  # the next number of each open list, 0 for one without
        self.item = ""  # the marker that the next text gets
        self.heading = 0
        self.quoted = 0
        self.skipped: list[str] = []
        self.table: _Table | None = None
        self.tables = 0  # open within each other; those inside are text of a cell
        self.span = (1, 1)
        self.pre: list[str] | None = None
        self.length = 0  # characters of text until now
        self.cut = False

    def draft(self) -> Draft:
        self.end_pre()
        self.end_block()
        self.end_table()
        text, before = list[str](), False
        for block, is_item in self.blocks:
            text += [("\n" if is_item and before else "\n\n") if text else "", block]
            before = is_item
        title = self.title or writing.one_line(self.page_title)
        return Draft(title, "".join(text), self.cut)

    # -- what the parser calls -----------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.skipped:
            if tag == self.skipped[0]:
                self.skipped.append(tag)
        elif (tag in LEFT_OUT and not self.is_source(tag)) or tag == "title":
            if tag in ("nav", "footer"):
                self.end_block()
            self.skipped.append(tag)
        elif self.pre is None:
            self.open(tag, {name: value or "" for name, value in attrs})
        elif tag == "br" or (tag in BLOCKS and self.pre and not self.pre[-1].endswith("\n")):
            self.pre.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            if tag == self.skipped[0]:
                self.skipped.pop()
        elif self.pre is not None:
            if tag == "pre":
                self.end_pre()
        else:
            self.shut(tag)

    def handle_data(self, data: str) -> None:
        if self.skipped:
            if self.skipped[0] == "title":
                self.page_title += data[:300]
            return
        self.length += len(data)
        if self.pre is not None:
            self.pre.append(data)
        else:
            self.say(re.sub(r"\s+", " ", data))

    def say(self, words: str) -> None:
        self.marks[-1].add(words)

    def is_source(self, tag: str) -> bool:
        """Whether it is the footer of a quotation: who said it."""
        return tag == "footer" and self.quoted > 0

    # -- elements ------------------------------------------------------------------------------

    def open(self, tag: str, attrs: dict[str, str]) -> None:
        if tag in SIGNS:
            if len(self.marks) <= DEEPEST:
                link = _LINK.fullmatch(attrs.get("href", "").strip())
                is_within = any(mark.link for mark in self.marks)
                self.marks.append(Mark(tag, link[0] if link and not is_within else ""))
        elif tag == "br":
            self.say(" " if self.table or self.heading else "\n")
        elif tag == "img":
            self.say(" ".join(attrs.get("alt", "").split()))
        elif tag == "table":
            self.tables += 1
            if self.tables == 1:
                self.end_block()
                self.table = _Table()
        elif self.table is not None:
            if self.tables == 1 and tag in (*CELLS, "caption"):
                self.end_cell()
                self.begin_cell(tag, attrs)
            elif tag in BLOCKS or tag in CELLS:
                self.say(" ")
        elif tag in BLOCKS:
            self.open_block(tag, attrs)

    def open_block(self, tag: str, attrs: dict[str, str]) -> None:
        self.end_block()
        if tag in ("ul", "ol"):
            if self.item:  # of an item that has only a list in it
                self.place([""])
            self.lists.append(_number(attrs.get("start")) if tag == "ol" else 0)
        elif tag == "li":
            number = self.lists[-1] if self.lists else 0
            self.item = f"{number}. " if number else "- "
            if number:
                self.lists[-1] += 1
        elif tag in HEADINGS:
            self.heading = HEADINGS[tag]
        elif tag == "blockquote":
            self.quoted += 1
        elif tag == "pre":
            self.pre = []

    def begin_cell(self, tag: str, attrs: dict[str, str]) -> None:
        assert self.table is not None
        if tag == "tr":
            self.table.begin_row()
        elif tag != "caption":
            self.span = (_number(attrs.get("colspan")), _number(attrs.get("rowspan")))
            self.marks = [Mark("cell")]

    def shut(self, tag: str) -> None:
        if tag in SIGNS:
            if any(mark.tag == tag for mark in self.marks[1:]):
                while len(self.marks) > 1:
                    if self.fold().tag == tag:
                        break
        elif tag == "table":
            self.tables = max(0, self.tables - 1)
            if not self.tables:
                self.end_table()
        elif self.table is not None:
            if self.tables == 1 and tag in (*CELLS, "caption"):
                self.end_cell()
            elif tag in BLOCKS or tag in CELLS:
                self.say(" ")
        elif tag in BLOCKS:
            self.end_block()
            self.quoted -= tag == "blockquote" and self.quoted > 0
            if tag in ("li", "ul", "ol"):
                self.item = ""
            if tag in ("ul", "ol"):
                self.lists[-1:] = []

    # -- what they end ---------------------------------------------------------------------------

    def fold(self) -> Mark:
        """Close the innermost mark: it becomes a piece of the one around it."""
        mark = self.marks.pop()
        means = mark.pieces and (mark.sign or mark.link or mark.tag == "sup")
        for piece in [mark] if means else mark.pieces:
            self.marks[-1].add(piece)
        return mark

    def taken(self) -> Mark:
        """What was said until now. Marks that are open go on, each kind once: a link may be around
        blocks."""
        again = {mark.sign + mark.link: Mark(mark.tag, mark.link) for mark in self.marks[1:]}
        while len(self.marks) > 1:
            self.fold()
        taken = self.marks[0]
        self.marks = [Mark(""), *again.values()]
        return taken

    def end_block(self) -> None:
        if self.table is not None:
            return
        taken, level = self.taken(), self.heading
        self.heading = 0
        if level == 1 and not self.title and not self.blocks:
            self.title = writing.one_line(taken.words)
        elif level:
            if heading := writing.heading(level, write(taken)):
                self.place([heading])
        else:
            for text in re.split(r"\n\s*\n", write(taken).strip()):
                if text:
                    lines = [writing.begin(line) for line in text.split("\n")]
                    self.place([*(f"{line}\\" for line in lines[:-1]), lines[-1]])

    def place(self, lines: list[str]) -> None:
        """Lines within the lists around them, the first after the marker that waits for them."""
        depth, item = min(len(self.lists), LIST_DEPTH), self.item
        self.item = ""
        if item:
            outer = "    " * max(0, depth - 1)
            first = f"{outer}{item}{lines[0]}".rstrip()
            rest = [f"{outer}    {line}" for line in lines[1:]]
            self.add("\n".join([first, *rest]), is_item=True)
        else:
            self.add("\n".join("    " * depth + line for line in lines))

    def add(self, block: str, *, is_item: bool = False) -> None:
        if not block:
            return
        if self.quoted:
            quote = "> " * min(self.quoted, 3)
            block = "\n".join(quote + line for line in block.split("\n"))
        self.blocks.append((block, is_item))

    def end_cell(self) -> None:
        assert self.table is not None
        is_cell = self.marks[0].tag == "cell"
        text = " ".join(write(self.taken(), in_table=is_cell).split())
        self.marks = [Mark("")]
        if is_cell:
            self.table.add(text, *self.span)
            self.span = (1, 1)
        elif text:
            self.table.beside.append(text)

    def end_table(self) -> None:
        if self.table is None:
            return
        self.end_cell()
        table, self.table, self.tables = self.table, None, 0
        self.cut = self.cut or table.cut or len(table.rows) > MAX_ROWS
        for text in table.beside:  # where a browser shows it: above
            self.place([writing.begin(text)])
        if text := writing.table(table.rows):
            self.place(["", *text.split("\n")] if self.item else text.split("\n"))

    def end_pre(self) -> None:
        text = writing.clean("".join(self.pre or ())).strip("\n").rstrip()
        self.pre = None
        if text:
            ticks = "`" * (max(map(len, re.findall("`{3,}", text)), default=2) + 1)
            lines = [ticks, *text.split("\n"), ticks]
            self.place(["", *lines] if self.item else lines)


def _number(text: str | None) -> int:
    if not text or len(text) > 4 or not (text.isascii() and text.isdigit()):
        return 1
    return max(1, int(text))
