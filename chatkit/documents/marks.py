"""The words of a block with their marks (bold, code, links) as Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby

from . import writing

CODE = "`"
SIGNS = {
    **{"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"},
    **{"code": CODE, "kbd": CODE, "samp": CODE, "a": "", "sup": ""},
}
# What would end an address, or the cell of a table that it is in.
_ADDRESS = {ord(sign): f"%{ord(sign):02X}" for sign in "()\\|`"}
_RAISED = str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_ENDS = ".,:;!?)]`"  # after them, `**` may end within a word
_NUMBER = re.compile(r"\s*[+\u2212-]?[0-9]+\s*")


@dataclass
class Mark:
    """An element within a line. `pieces` are its texts as they are read, with "\\n" where a line
    ends, and the marks within it."""

    tag: str
    link: str = ""
    pieces: list[str | Mark] = field(default_factory=list)

    @property
    def sign(self) -> str:
        return SIGNS.get(self.tag, "")

    @property
    def words(self) -> str:
        """What is read, without any sign."""
        words = "".join(piece if isinstance(piece, str) else piece.words for piece in self.pieces)
        # 10⁶ is not 106.
        return words.translate(_RAISED) if self.tag == "sup" and _NUMBER.fullmatch(words) else words

    def add(self, piece: str | Mark) -> None:
        """Marks of a kind that touch become one: in `**x****y**` nothing is bold."""
        last = self.pieces[-1] if self.pieces else ""
        if isinstance(piece, Mark) and isinstance(last, Mark) and piece.sign == last.sign != "":
            for each in piece.pieces:
                last.add(each)
        else:
            self.pieces.append(piece)


@dataclass
class _Unit:
    """Some Markdown, and the sign around it; `inner` are the parts that it is made of."""

    text: str
    sign: str = ""
    inner: list[_Unit] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.sign}{self.text}{self.sign}"


def write(mark: Mark, *, in_table: bool = False) -> str:
    """What is in a mark, as Markdown."""
    return "".join(map(str, _within(mark, in_table, frozenset())))


def _within(mark: Mark, in_table: bool, signs: frozenset[str]) -> list[_Unit]:
    """What is in a mark; `signs` are those around it."""
    units = list[_Unit]()
    for is_text, pieces in groupby(mark.pieces, lambda piece: isinstance(piece, str)):
        if is_text:
            units.append(_Unit(writing.escape("".join(map(str, pieces)))))
        else:
            for piece in pieces:
                assert isinstance(piece, Mark)
                units += _units(piece, in_table, signs)
    return _readable([unit for unit in units if unit.text])


def _units(mark: Mark, in_table: bool, signs: frozenset[str]) -> list[_Unit]:
    """A mark without the spaces at its ends, and those: a sign stands beside a word."""
    sign, inner = mark.sign, list[_Unit]()
    if sign == CODE or mark.tag == "sup":
        text = mark.words
        words = text.strip()
        if words and sign == CODE:
            words = code(writing.one_line(words), in_table=in_table)
        else:
            words = writing.escape(words)
        sign = ""
    else:
        inner = _within(mark, in_table, signs | {sign})
        text = "".join(map(str, inner))
        words = text.strip()
        if words and mark.link:
            words = f"[{words}]({mark.link.translate(_ADDRESS)})"
        elif sign in signs or "\n" in words:
            return inner  # bold already; each line is a text of its own
    if not words:
        return [_Unit(_space(text))]
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return [_Unit(_space(before)), _Unit(words, sign, inner), _Unit(_space(after))]


def _readable(units: list[_Unit]) -> list[_Unit]:
    """The same without the signs that Markdown would not take for signs where they are."""
    done, waiting = list[_Unit](), units[::-1]
    while waiting:
        unit = waiting.pop()
        before, after = str(done[-1]) if done else "", str(waiting[-1]) if waiting else ""
        if unit.sign and not _is_read(before, unit, after):
            waiting += unit.inner[::-1]
            continue
        if unit.text.startswith("[") and before.endswith("!"):
            done[-1] = _Unit(f"{before[:-1]}\\!")  # an image otherwise
        elif unit.text.startswith(CODE) and before.startswith(CODE):
            done.append(_Unit(" "))
        done.append(unit)
    return done


def _space(text: str) -> str:
    return "\n" if "\n" in text else text[:1]


def _is_read(before: str, unit: _Unit, after: str) -> bool:
    """Whether Markdown takes a sign here for one: not between a word and a mark, as in
    `x**"y"**`, nor among others of its character."""
    sign, first, last = unit.sign[0], unit.text[0], unit.text[-1]
    others = len(before) - len(before.rstrip(sign))
    if others and (sign == "~" or others + len(unit.sign) > 3):
        return False
    if sign == "~" == last:
        return False
    begins = first.isalnum() or not _is_word(before[-1:])
    ends = last.isalnum() or not _is_word(after[:1]) or (len(unit.sign) > 1 and last in _ENDS)
    return begins and ends


def _is_word(character: str) -> bool:
    """Whether it belongs to a word that spaces set apart: in Chinese or Japanese none do."""
    return character.isalnum() and character < "\u2e80"


def code(text: str, *, in_table: bool = False) -> str:
    ticks = CODE * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith(CODE) or text.endswith(CODE) else ""
    # Markdown divides a row at its pipes first, also at those in code.
    shown = text.replace("|", "\\|") if in_table else text
    return f"{ticks}{pad}{shown}{pad}{ticks}"
