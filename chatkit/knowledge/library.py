"""The help desk's knowledge: a folder of help articles, searched in the question's language.

The folder holds `<language>/<slug>.md`; the same slug in another language is the same article.
Articles directly in the folder belong to the language they are written in. A file that is added,
changed or removed is noticed at the next question. Articles of the sources that apps register
(`sources`) stand beside them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import RLock

from .articles import Article
from .detection import detect
from .files import ArticleFile, list_files, phrasings_file, read_file, read_phrasings
from .index import Index, Result
from .language import DEFAULT, language_scores, primary, without_stop_words
from .meaning import Meaning
from .meanings import Meanings
from .search import Findings, Search, find
from .sources import Contents, Place, Reader, Source, merge, registered
from .stop_words import STOP_WORDS, fold

logger = logging.getLogger("chatkit.knowledge")
_Phrasings = tuple[ArticleFile | None, dict[Place, tuple[str, ...]]]
_ON_PURPOSE = (FileNotFoundError, PermissionError)
CLEAR = 1.0  # lead in language_scores from which a question's language is certain


class Knowledge:
    """The articles of one folder (None, missing or empty: no articles), and with `shared` those
    of the registered sources. Safe in several threads.

    `vectors` is the folder where the vectors of texts are kept, None the user's own. Without
    `semantic`, or where that extra is not installed, questions are read by their words alone.
    `workflow_id` stands on the folder's sections where one workflow alone has it.
    """

    def __init__(
        self,
        directory: Path | str | None,
        *,
        shared: bool = False,
        vectors: Path | str | None = None,
        semantic: bool = True,
        workflow_id: str = "",
    ) -> None:
        self.directory = None if directory is None else Path(directory)
        self.shared = shared
        self.workflow_id = workflow_id
        self._lock = RLock()
        self._parsed: dict[ArticleFile, Article | None] = {}
        self._phrasings: _Phrasings = (None, {})
        self._listed = True
        self._unread: set[ArticleFile] = set()  # that the log tells of
        self._readers: dict[Source, Reader] = {}
        self._meanings = Meanings(Path(vectors) if vectors else None) if semantic else None
        self._library = Library(_State(), {})

    def search(
        self,
        question: str,
        *,
        language: str = DEFAULT,
        limit: int = 3,
        before: Sequence[str] = (),
        patience: float | None = None,
    ) -> Findings:
        """Answer a question from at most `limit` sections.

        `language` is the interface's. The question's own language decides where it can be
        detected; where its articles have no answer, those of other languages are searched.
        `before` has what was asked earlier in the conversation, the latest last. Vectors that are
        not there yet are waited for; with `patience` for so many seconds, and the question is then
        read by its words, while they are made in the background.
        """
        library = self._current()
        meaning = library.meaning(patience)
        search = Search(library, meaning, primary(language), max(1, limit))
        return find(search, question, before)

    def prepare(self) -> None:
        """Begin to make all that a search needs, so that the first one need not wait."""
        self.search("", patience=0.0)

    def titled(self, text: str) -> bool:
        """Whether an article has this title, in any language."""
        return self._current().titled(text) is not None

    def article(self, slug: str, language: str, wanted: str = "") -> Article | None:
        """The article in that language, else in another one, else None; in the language that is
        `wanted` before all where it is written in that."""
        # Found among the articles read, never by a path, so that no slug leaves the folder.
        return self._current().article(slug, primary(language), primary(wanted))

    def articles(self, language: str) -> list[Article]:
        """All articles of a language by their `order`, then slug; another's if it has none."""
        return self._current().articles(primary(language))

    def catalogue(self, language: str) -> Sequence[Article]:
        """Every article once, in that language where there is one, by their `order`, then slug."""
        return self._current().catalogue(primary(language))

    def _current(self) -> Library:
        """The library as it is now. Lists the folder and asks each source for its version; reads
        what has changed. As it was where the folder can't be listed."""
        try:
            files = tuple(sorted(list_files(self.directory)))
        except OSError as error:
            if self._listed:  # else the log tells of it
                logger.warning(
                    "Help articles of %s could not be listed: %s.", self.directory, error
                )
            self._listed = False
            return self._library
        self._listed = True
        readers = self._registered()
        versions = tuple((reader, reader.version()) for reader in readers)
        phrasings = phrasings_file(self.directory)
        library = self._library
        if library.state == _State(files, versions, phrasings):
            return library
        with self._lock:
            if self._library.state != _State(files, versions, phrasings):
                self._parsed = self._read_files(files)
                self._phrasings = self._read_phrasings(phrasings)
                read = [(reader, *reader.contents(version)) for reader, version in versions]
                made_of = tuple((reader, version) for reader, version, _ in read)
                # Of what was read: a file that could not be is tried again at the next question.
                state = _State(tuple(self._parsed), made_of, self._phrasings[0])
                if state != self._library.state:  # else a source failed, or a file
                    folder = filter(None, self._parsed.values())
                    own = Contents(phrasings=self._phrasings[1])
                    shelves = [own, *(contents for *_, contents in read)]
                    articles = merge(folder, shelves, self.workflow_id)
                    self._library = Library.of(state, articles, self._meanings)
            return self._library

    def _read_files(self, files: Iterable[ArticleFile]) -> dict[ArticleFile, Article | None]:
        """The files that can be read, with their articles. One that can't now stays as it was read
        last, unless it is gone or was closed to us."""
        last = {file.path: file for file in self._parsed}
        found: dict[ArticleFile, Article | None] = {}
        for file in files:
            try:
                found[file] = self._parsed[file] if file in self._parsed else self._read(file)
            except OSError as error:
                self._tell(file, error)
                if file.path in last and not isinstance(error, _ON_PURPOSE):
                    found[last[file.path]] = self._parsed[last[file.path]]
        self._unread -= found.keys()
        return found

    def _read_phrasings(self, file: ArticleFile | None) -> _Phrasings:
        """The same for the folder's file of phrasings: as it was read, with what it says."""
        if file == self._phrasings[0]:
            return self._phrasings
        try:
            return file, read_phrasings(file, self.workflow_id)
        except OSError as error:
            assert file is not None
            self._tell(file, error)
            return (None, {}) if isinstance(error, _ON_PURPOSE) else self._phrasings

    def _tell(self, file: ArticleFile, error: OSError) -> None:
        """In the log, once for as long as a file can't be read: it is tried at each question."""
        if file not in self._unread:
            self._unread.add(file)
            logger.warning("Help file %s could not be read: %s.", file.path, error)

    def _read(self, file: ArticleFile) -> Article | None:
        article = read_file(file)
        if article is None or not self.workflow_id:
            return article
        own = tuple(replace(part, workflow_id=self.workflow_id) for part in article.sections)
        return replace(article, sections=own)

    def _registered(self) -> list[Reader]:
        if not self.shared:
            return []
        return [self._readers.setdefault(source, Reader(source)) for source in registered()]


@dataclass(frozen=True)
class _State:
    """What a library was made of."""

    files: tuple[ArticleFile, ...] = ()
    versions: tuple[tuple[Reader, Hashable], ...] = ()
    phrasings: ArticleFile | None = None  # of the folder


class Library:
    """The articles at one moment, and the index of each language, made at first use."""

    def __init__(
        self,
        state: _State,
        by_language: dict[str, dict[str, Article]],
        meanings: Meanings | None = None,
    ) -> None:
        self.state = state
        self._by_language = by_language
        self._meanings = meanings
        self._building = RLock()
        self._catalogues: dict[str, tuple[Article, ...]] = {}

    @classmethod
    def of(
        cls, state: _State, articles: Iterable[Article], meanings: Meanings | None = None
    ) -> Library:
        by_language: dict[str, dict[str, Article]] = {}
        for article in sorted(articles, key=lambda article: (article.order, article.slug)):
            by_language.setdefault(article.language, {}).setdefault(article.slug, article)
        return cls(state, by_language, meanings)

    def meaning(self, patience: float | None) -> Meaning | None:
        """The articles' vectors; None without the extra, and where they take longer than so many
        seconds to be made."""
        if self._meanings is None:
            return None
        return self._meanings.of(self.everything(), patience)

    def everything(self) -> tuple[Article, ...]:
        """All articles in all languages."""
        return self._everything

    @cached_property
    def _everything(self) -> tuple[Article, ...]:
        return tuple(article for shelf in self._by_language.values() for article in shelf.values())

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {fold(article.title): article.slug for article in self._everything}

    def titled(self, text: str) -> str | None:
        """The slug of the article with this title, in any language."""
        return self._titles.get(fold(text.strip()))

    def index(self, language: str) -> Index | None:
        return self._indexes.get(language)

    def lacks(self, words: Iterable[str]) -> bool:
        """Whether one of these (folded) words is in no article, in any language."""
        indexes = self._indexes.values()
        return any(all(word not in index.vocabulary for index in indexes) for word in words)

    def article(self, slug: str, language: str, wanted: str = "") -> Article | None:
        first = (self._by_language.get(code, {}) for code in (wanted, language))
        shelves = [*first, *self._by_language.values()]
        return next((shelf[slug] for shelf in shelves if slug in shelf), None)

    def articles(self, language: str) -> list[Article]:
        return list(self._by_language.get(self._available(language), {}).values())

    def catalogue(self, language: str) -> Sequence[Article]:
        # Kept: there may be ten thousand, and each page of the help asks for a few of them.
        first = self._available(language)
        if first not in self._catalogues:
            found: dict[str, Article] = {}
            for shelf in (self._by_language.get(first, {}), *self._by_language.values()):
                for slug, article in shelf.items():
                    found.setdefault(slug, article)
            every = sorted(found.values(), key=lambda article: (article.order, article.slug))
            self._catalogues[first] = tuple(every)
        return self._catalogues[first]

    def ask(self, question: str, interface: str, limit: int) -> tuple[str, Result]:
        """The question's language and the result in it. Among languages with close scores the
        higher score decides, then the better coverage, then the interface's language."""
        indexes = self._indexes
        vocabularies: dict[str, Container[str]] = dict.fromkeys(STOP_WORDS, ())
        vocabularies |= {code: index.vocabulary for code, index in indexes.items()}
        scores = language_scores(question, vocabularies)
        interface = detect(question) or interface
        if interface and interface not in STOP_WORDS:
            # Its own articles answer first, then any. Those share only names with it: its stop
            # words are left out.
            bare = without_stop_words(question, interface)
            found = {
                code: index.search(question if code == interface else bare, limit)
                for code, index in indexes.items()
            }
            worth = {
                code: (bool(result.matches), code == interface, scores[code], result.coverage)
                for code, result in found.items()
            }
            best = max(worth, default="", key=lambda code: worth[code])
            return interface, found.get(best, _NOTHING)
        interface = interface or DEFAULT
        top = max(scores.values())
        likely = sorted(
            (code for code in scores if scores[code] > top - CLEAR),
            key=lambda code: (code != interface, -scores[code]),
        )
        results = {}
        for code in likely:
            available = self._available(code)
            # Articles in another language share only names with it: leave its stop words out.
            asked = question if available == code else without_stop_words(question, code)
            index = indexes.get(available)
            results[code] = index.search(asked, limit) if index else _NOTHING
        language = max(likely, key=lambda code: (scores[code], results[code].coverage))
        return language, results[language]

    @cached_property
    def _built(self) -> dict[str, Index]:
        return {
            language: Index(tuple(shelf.values()), language)
            for language, shelf in sorted(self._by_language.items())
        }

    @property
    def _indexes(self) -> dict[str, Index]:
        with self._building:  # cached_property has no lock
            return self._built

    def _available(self, language: str) -> str:
        if language in self._by_language:
            return language
        return DEFAULT if DEFAULT in self._by_language else next(iter(self._by_language), "")


_NOTHING = Result((), 0.0, ())


def get_knowledge(directory: Path | str | None = None) -> Knowledge:
    """The shared Knowledge of a folder; without an argument, the site's: of
    CHATKIT["KNOWLEDGE_DIR"] and the registered sources."""
    shared = directory is None
    vectors = None
    if shared:
        from ..conf import get  # late, so that this module works without Django

        directory, vectors = get("KNOWLEDGE_DIR"), get("VECTORS_DIR")
    return _kept(directory, shared, vectors)


def knowledge_of(workflow_id: str) -> Knowledge:
    """What a workflow answers from: the site's, or, where its entry names `knowledge`, that folder
    and the registered sources."""
    from .. import workflows  # late, so that this module works without Django

    found = workflows.table().get(workflow_id)
    if found is None or "knowledge" not in found.own:
        return get_knowledge()
    return _kept(found.own["knowledge"], True, workflows.setting("VECTORS_DIR"), workflow_id)


def folders() -> list[Path]:
    """Every folder of articles that the settings name."""
    from .. import conf, workflows

    named = [one.own.get("knowledge") for one in workflows.table().values()]
    return [Path(folder) for folder in (conf.get("KNOWLEDGE_DIR"), *named) if folder]


def folder_slugs() -> set[str]:
    """The names of the articles in them, in whatever language."""
    return {file.slug for folder in folders() for file in list_files(folder)}


def _kept(
    directory: Path | str | None,
    shared: bool,
    vectors: Path | str | None,
    workflow_id: str = "",
) -> Knowledge:
    key = (None if directory is None else os.path.abspath(directory), shared, workflow_id)
    with _sharing:
        if key not in _shared:
            _shared[key] = Knowledge(
                key[0], shared=shared, vectors=vectors, workflow_id=workflow_id
            )
        return _shared[key]


_shared: dict[tuple[str | None, bool, str], Knowledge] = {}
_sharing = RLock()


def _after_fork() -> None:
    """A forked process must not use its parent's SQLite connections and locks."""
    global _sharing
    _shared.clear()
    _sharing = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
