"""The vectors of a library's articles: made when they are first needed, off the question's way
where that takes long, and again after a change of an article."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Event, Lock, Thread

from . import encoder, second
from .articles import Article
from .meaning import Meaning, shelves_of
from .opinion import MOST_SECTIONS, Opinion, count_of
from .shelves import texts_of
from .vectors import Vectors, default_folder

logger = logging.getLogger("chatkit.knowledge")

AT_ONCE = 400  # texts that a question may wait for: a second or so


class Meanings:
    """Keeps the `Meaning` of the articles as they were last asked for. Safe in several threads.

    The first model's is used as soon as it is there; the second is slower, and has its say later.
    """

    def __init__(self, folder: Path | None) -> None:
        folder = folder or default_folder()
        self._vectors = Vectors(folder)
        self._second = Vectors(folder, second) if second.installed() else None
        self._lock = Lock()  # held while the first model reads
        self._second_lock = Lock()
        self._starting = Lock()
        self._made: tuple[tuple[Article, ...], Meaning] | None = None
        self._maker: Thread | None = None
        self._ready = Event()  # for what the maker makes
        self._failed = not encoder.installed()

    def of(self, articles: tuple[Article, ...], patience: float | None = None) -> Meaning | None:
        """The meaning of these articles; None where there can be none, or where it takes longer
        than `patience` seconds to make: it is made in the background then. Without patience all
        of it is waited for."""
        if patience is None:
            return self.make(articles)
        found = self._known(articles)
        if found is not None and found.is_whole:
            return found
        if self._failed or not articles:
            return None
        if found is None and encoder.loaded() and self._missing(articles) <= AT_ONCE:
            found = self._first(articles)
        ready = self._start(articles)
        if found is None:
            ready.wait(patience)
            found = self._known(articles)
        return found

    def _known(self, articles: tuple[Article, ...]) -> Meaning | None:
        made = self._made
        return made[1] if made is not None and made[0] is articles else None

    def _start(self, articles: tuple[Article, ...]) -> Event:
        """Have it made in the background; tells when the first model has read."""
        with self._starting:
            if self._maker is None or not self._maker.is_alive():
                self._ready = Event()
                self._maker = Thread(
                    target=self.make, args=(articles, self._ready), name="chatkit-vectors",
                    daemon=True,
                )  # fmt: skip
                self._maker.start()
            return self._ready

    def _missing(self, articles: tuple[Article, ...]) -> int:
        """How many texts the first model has still to read."""
        return self._vectors.missing(texts_of(shelves_of(articles)))

    def make(self, articles: tuple[Article, ...], ready: Event | None = None) -> Meaning | None:
        """The meaning of these articles, however long it takes; None where there can be none."""
        try:
            found = self._first(articles)
        finally:
            if ready is not None:
                ready.set()
        if found is None or found.is_whole:
            return found
        with self._second_lock:
            known = self._known(articles)
            if known is not None and known.is_whole:
                return known
            found = found.with_opinion(self._opinion(articles))
            if known is not None:  # else the articles have changed meanwhile
                self._made = (articles, found)
            return found

    def _first(self, articles: tuple[Article, ...]) -> Meaning | None:
        """What the first model makes of them."""
        found = self._known(articles)
        if found is not None or self._failed or not articles:
            return found
        with self._lock:
            found = self._known(articles)
            if found is None:
                try:
                    encoder.load(self._vectors.folder)  # for the questions, too
                    found = Meaning(articles, self._vectors)
                except Exception:  # another version of the package, or one that does not run here
                    logger.exception("Questions are read by their words alone.")
                    self._failed = True
                    return None
                self._made = (articles, found)
            return found

    def _opinion(self, articles: tuple[Article, ...]) -> Opinion | None:
        """What the second model says of them; None where it has no say."""
        if self._second is None or count_of(articles) > MOST_SECTIONS:
            return None
        try:
            second.ask("")  # loaded for the questions, too
            return Opinion(articles, self._second)
        except Exception:
            logger.exception("Questions are read by one model alone.")
            self._second = None
            return None
