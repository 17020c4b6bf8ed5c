"""The vectors of a library's articles: made when they are first needed, off the question's way
where that takes long, and again after a change of an article."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock, Thread

from . import encoder
from .articles import Article
from .meaning import Meaning, shelves_of
from .vectors import Vectors, default_folder

logger = logging.getLogger("chatkit.knowledge")

AT_ONCE = 400  # texts that a question may wait for: a fifth of a second


class Meanings:
    """Keeps the `Meaning` of the articles as they were last asked for. Safe in several threads."""

    def __init__(self, folder: Path | None) -> None:
        self._vectors = Vectors(folder or default_folder())
        self._lock = Lock()  # held while vectors are made
        self._starting = Lock()
        self._made: tuple[tuple[Article, ...], Meaning] | None = None
        self._maker: Thread | None = None
        self._failed = not encoder.installed()

    def of(self, articles: tuple[Article, ...], patience: float | None = None) -> Meaning | None:
        """The meaning of these articles; None where there can be none, or where it takes longer
        than `patience` seconds to make: it is made in the background then."""
        made = self._made
        if made is not None and made[0] is articles:
            return made[1]
        if self._failed or not articles:
            return None
        if patience is None or (encoder.loaded() and self._missing(articles) <= AT_ONCE):
            return self.make(articles)
        with self._starting:
            if self._maker is None or not self._maker.is_alive():
                self._maker = Thread(
                    target=self.make, args=(articles,), name="chatkit-vectors", daemon=True
                )
                self._maker.start()
        self._maker.join(patience)
        made = self._made
        return made[1] if made is not None and made[0] is articles else None

    def _missing(self, articles: tuple[Article, ...]) -> int:
        """How many texts the model has still to read."""
        return self._vectors.missing(
            [[entry.text for entry in shelf] for shelf in shelves_of(articles)]
        )

    def make(self, articles: tuple[Article, ...]) -> Meaning | None:
        """The meaning of these articles, however long it takes; None where there can be none."""
        if self._failed or not articles:
            return None
        with self._lock:
            if self._made is None or self._made[0] is not articles:
                try:
                    encoder.encode([""])  # the model is loaded for the questions, too
                    self._made = (articles, Meaning(articles, self._vectors))
                except Exception:  # another version of the package, or one that does not run here
                    logger.exception("Questions are read by their words alone.")
                    self._failed = True
                    return None
            return self._made[1]
