"""Turns marks such as [1] in a model's text into annotations: they are removed from the text. In
code they are no marks: `argv[1]` stays as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chatkit.types import Annotation, URLSource

from ...toolbox import Source
from .code import Code

# [1], as the instructions ask for it, and 【1†source】, as some models write it.
MARK = re.compile(r"[ \t]?[\[【](\d{1,2})(?:†[^\]】\n]{0,40})?[\]】](?!\()")
# The end of a text that may be the beginning of a mark, or of what begins or ends code.
TAIL = re.compile(
    r"[ \t]?[\[【](?:\d{0,2}|\d{1,2}†[^\]】\n]{0,40})$|[ \t]?[\[【]\d{1,2}[\]】]$|[ \t]$|[`~\\]+$"
)


@dataclass
class CitedText:
    """One text part: as it comes in, piece by piece, and as it is shown.

    `sources` is shared with the tools, which add to it; a mark without a source stays text.
    """

    sources: list[Source]
    raw: str = ""
    text: str = ""
    annotations: list[Annotation] = field(default_factory=list)
    _held: str = ""
    _given: list[Annotation] = field(default_factory=list)
    _cuts: list[tuple[int, int]] = field(default_factory=list)  # (place in `raw`, length)
    _code: Code = field(default_factory=Code)

    def feed(self, delta: str) -> tuple[str, list[Annotation]]:
        """What this piece adds to the text shown, and the citations that it completes."""
        self.raw += delta
        pending = self._held + delta
        tail = TAIL.search(pending) if self.sources else None
        self._held = pending[tail.start() :] if tail else ""
        return self._show(pending[: tail.start()] if tail else pending)

    def finish(self) -> tuple[str, list[Annotation]]:
        """The text held back so far, since it could have been the beginning of a mark."""
        held, self._held = self._held, ""
        return self._show(held)

    def cite(self, annotation: Annotation) -> Annotation | None:
        """A citation from the model's API, at its place in the shown text. None: known already."""
        if annotation in self._given:
            return None
        self._given.append(annotation)
        index = annotation.index
        if index is not None:
            index -= sum(length for place, length in self._cuts if place <= index)
            index = max(0, min(index, len(self.text) + len(self._held)))
        moved = annotation.model_copy(update={"index": index})
        self.annotations.append(moved)
        return moved

    def cite_consulted(self, limit: int) -> list[Annotation]:
        """Cite the first sources at the end of the text, where the model has cited none."""
        if self.annotations or not self.text.strip():
            return []
        self.annotations = [_annotation(source, len(self.text)) for source in self.sources[:limit]]
        return self.annotations

    def _show(self, piece: str) -> tuple[str, list[Annotation]]:
        start = len(self.raw) - len(self._held) - len(piece)
        shown, done, cited = "", 0, []
        for mark in MARK.finditer(self._code.hide(piece)) if self.sources else ():
            number = int(mark[1])
            if not 0 < number <= len(self.sources):
                continue
            shown += piece[done : mark.start()]
            done = mark.end()
            self._cuts.append((start + mark.end(), mark.end() - mark.start()))
            annotation = _annotation(self.sources[number - 1], len(self.text) + len(shown))
            if annotation not in self.annotations:
                self.annotations.append(annotation)
                cited.append(annotation)
        shown += piece[done:]
        self.text += shown
        return shown, cited


def _annotation(source: Source, index: int) -> Annotation:
    return Annotation(source=URLSource(title=source.title, url=source.url), index=index)
