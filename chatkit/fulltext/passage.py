"""The place in a text that a search has found, cut out as data."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .fold import fold_char
from .plain import plain
from .words import MOST_READ, RUNS, WORD, Term, is_unspaced, stem

BEFORE, LENGTH = 40, 180  # characters before the first hit, and in all
MOST_HITS = 400  # places that are looked at for the best one


@dataclass(frozen=True)
class Part:
    """Some of a text; `hit` where it is what was searched for."""

    text: str
    hit: bool = False


def passage(text: str, terms: Sequence[Term]) -> list[Part]:
    """Where most of these words stand, with what is around; the beginning where none is seen."""
    shown = unicodedata.normalize("NFC", plain(text[:MOST_READ]))
    hits = _hits(shown, terms)
    first = _best(hits)
    start = _word_start(shown, max(0, first - BEFORE))
    end = _word_end(shown, min(len(shown), start + LENGTH))
    parts: list[Part] = [Part("… ")] if start else []
    place = start
    for begin, stop, _term in hits:
        if begin < place or stop > end:
            continue
        if begin > place:
            parts.append(Part(shown[place:begin]))
        parts.append(Part(shown[begin:stop], hit=True))
        place = stop
    if place < end:
        parts.append(Part(shown[place:end]))
    return [*parts, Part(" …")] if end < len(shown) else parts


Hit = tuple[int, int, int]  # from, to, and which word


def _hits(shown: str, terms: Sequence[Term]) -> list[Hit]:
    """Where words of the search stand, in order, none over another."""
    folded, places = _folded(shown)
    found: list[Hit] = []
    for match in WORD.finditer(folded):
        for run in RUNS.finditer(match[0]):
            found += _hits_in(run[0], match.start() + run.start(), terms, places)
        if len(found) >= MOST_HITS:
            break
    found.sort()
    merged: list[Hit] = []
    for begin, stop, term in found:
        if merged and begin < merged[-1][1]:
            if stop > merged[-1][1]:
                merged[-1] = (merged[-1][0], stop, merged[-1][2])
        else:
            merged.append((begin, stop, term))
    return merged


def _hits_in(run: str, at: int, terms: Sequence[Term], places: Sequence[int]) -> list[Hit]:
    found: list[Hit] = []
    word = stem(run)
    for number, term in enumerate(terms):
        if is_unspaced(term.plain):
            begin = run.find(term.plain)
            while begin >= 0 and len(found) < MOST_HITS:
                found.append((places[at + begin], places[at + begin + len(term.plain)], number))
                begin = run.find(term.plain, begin + 1)
        elif term.fits(word):
            begin = at + len(run) - len(word)
            end = begin + (len(term.plain) if term.begins else len(word))
            found.append((places[begin], places[end], number))
    return found


def _folded(shown: str) -> tuple[str, Sequence[int]]:
    """The text folded, and for each place in it that in the text."""
    if shown.isascii():
        return shown.lower(), range(len(shown) + 1)
    pieces: list[str] = []
    places: list[int] = []
    for place, char in enumerate(shown):
        piece = fold_char(char)
        pieces.append(piece)
        places += [place] * len(piece)
    return "".join(pieces), [*places, len(shown)]


def _best(hits: Sequence[Hit]) -> int:
    """Where the stretch begins that has the most of the words, the first of several."""
    best, most = hits[0][0] if hits else 0, 0
    for number, (begin, _stop, _term) in enumerate(hits):
        seen = set()
        for other in hits[number:]:
            if other[1] > begin + LENGTH - BEFORE:
                break
            seen.add(other[2])
        if len(seen) > most:
            best, most = begin, len(seen)
    return best


def _word_start(text: str, place: int) -> int:
    """Behind the space before, where there is one near."""
    space = text.rfind(" ", max(0, place - 20), place + 1)
    return space + 1 if space >= 0 else place


def _word_end(text: str, place: int) -> int:
    space = text.find(" ", place, place + 20)
    return space if space >= 0 else place
