"""Directions in the HTML of Markdown: each block has that of its text, and what runs the other way
in it is set apart, so that signs and numbers stay with their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from .direction import Direction, Run, direction_of, main_direction, runs_of

CONTAINERS = ("bullet_list", "ordered_list", "blockquote", "table")
# What a run of words may go on through.
EMPHASIS = ("em", "strong", "s")


def direct(tokens: list[Token], base: Direction | None = None) -> None:
    """Names in the tokens, in place, the directions that are not `base`, the direction of the
    element around them; without it that is the first text's."""
    containers: list[Token] = []
    before = Token("", "", 0)
    for token in tokens:
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if kind in CONTAINERS and token.nesting > 0:
            containers.append(token)
        elif kind in CONTAINERS:
            containers.pop()
        elif token.type == "inline":
            direction = _direct_text(token, base)
            base = base or direction
            for outer in containers if direction else ():
                outer.meta.setdefault("dir", direction)
                if outer.meta["dir"] != base:
                    outer.attrSet("dir", outer.meta["dir"])
            if direction and direction != base:
                _set(token, before, direction)
        before = token


def _set(inline: Token, holder: Token, direction: Direction) -> None:
    """A paragraph or a heading has its direction itself. Items and cells begin where their list
    or their table does; only their text has one."""
    if holder.tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6") and not holder.hidden:
        holder.attrSet("dir", direction)
    else:
        opening = Token("span_open", "span", 1, attrs={"dir": direction})
        inline.children = [opening, *(inline.children or []), Token("span_close", "span", -1)]


def _direct_text(inline: Token, base: Direction | None) -> Direction | None:
    """Sets code, links and foreign words apart; the direction of the text."""
    children = inline.children or []
    direction = main_direction(_prose(children), base) or direction_of(_prose(children, links=True))
    runs = _divided(children, direction or base)
    made: list[Token] = []
    for at, token in enumerate(children):
        own: Direction | None = None
        if token.type == "code_inline":
            own = "ltr"
        elif token.type == "link_open":
            own = direction_of(_prose(_linked(children[at:]), links=True)) or "ltr"
        if own and own != (direction or base or "ltr"):
            token.attrSet("dir", own)
        made.extend(_apart(runs[at], direction or base) if at in runs else [token])
    inline.children = made
    return direction


def _linked(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "link_close":
            return
        yield token


def _prose(tokens: Iterable[Token], *, links: bool = False) -> str:
    """The text that tells a direction: code and links have one of their own."""
    words = []
    within = 0
    for token in tokens:
        within += token.nesting if token.type in ("link_open", "link_close") else 0
        words.append(token.content if token.type == "text" and (links or not within) else " ")
    return "".join(words)


def _divided(tokens: list[Token], direction: Direction | None) -> dict[int, list[Run]]:
    """The runs of each text outside of links, by its place. A run that goes on in bold text needs
    no help and is not foreign."""
    texts: dict[int, str] = {}
    within = 0
    for at, token in enumerate(tokens):
        within += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "text" and not within:
            texts[at] = token.content
        elif token.type.removesuffix("_open").removesuffix("_close") not in EMPHASIS:
            texts[at] = "\n"
    foreign: list[tuple[int, int]] = []
    end = 0
    for run in runs_of("".join(texts.values()), direction):
        end += len(run.text)
        if run.foreign:
            foreign.append((end - len(run.text), end))
    foreign.reverse()
    found: dict[int, list[Run]] = {}
    begin = 0
    for at, text in texts.items():
        end = begin + len(text)
        inside = []
        while foreign and foreign[-1][0] < end:
            inside.append(foreign.pop())
        if text != "\n":
            found[at] = list(_pieces(text, begin, inside))
        begin = end
    return found


def _pieces(text: str, begin: int, foreign: Iterable[tuple[int, int]]) -> Iterator[Run]:
    """`text`, which begins at `begin`, divided where the foreign runs inside of it are."""
    at = 0
    for first, last in foreign:
        if last > begin + len(text):
            break
        if first - begin > at:
            yield Run(text[at : first - begin], foreign=False)
        at = last - begin
        yield Run(text[first - begin : at], foreign=True)
    if at < len(text):
        yield Run(text[at:], foreign=False)


def _apart(runs: Iterable[Run], direction: Direction | None) -> Iterator[Token]:
    for run in runs:
        content = Token("text", "", 0, content=run.text)
        if not run.foreign:
            yield content
            continue
        yield Token("bdi_open", "bdi", 1, attrs={"dir": "ltr" if direction == "rtl" else "rtl"})
        yield content
        yield Token("bdi_close", "bdi", -1)
