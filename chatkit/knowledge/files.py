"""The article files of a folder: which there are, when they change, and reading one."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from .articles import SLUG, Article, parse_article
from .language import is_known, language_scores, primary

logger = logging.getLogger("chatkit.knowledge")

_LANGUAGE = re.compile(r"[a-z]{2,8}([-_][A-Za-z0-9]{2,4})?")
MAX_FILE = 512 * 1024  # bytes of an article
# Bytes of the phrasings: as many as are compared (`phrased.MOST`), each as long as can be.
MAX_PHRASINGS = 32 * 1024 * 1024
PHRASINGS = "phrasings.json"  # as `chatkit_articles export` writes it


class ArticleFile(NamedTuple):
    """A file that may be an article. It is equal to itself until the file changes."""

    language: str  # "" directly in the folder
    slug: str
    path: str
    size: int
    version: tuple[int, ...]  # differs after each change of the file


def list_files(directory: Path | None) -> Iterator[ArticleFile]:
    """The article files, one level of language folders deep. OSError where a folder can't be listed
    though it is there, such as while too many files are open."""
    if directory is None:
        return
    for entry in _listing(directory):
        if is_language(entry.name):
            for file in _listing(entry.path):
                yield from _file(file, primary(entry.name))
        else:
            yield from _file(entry, "")


def is_language(name: str) -> bool:
    """Whether a folder of this name is a language's: `es`, `pt-BR`. One of more letters, such as
    `ckb`, is where the language is known, so that `old` is none."""
    code = primary(name)
    return bool(_LANGUAGE.fullmatch(name)) and (len(code) == 2 or is_known(code))


def _listing(path: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as found:
            return list(found)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []


def _file(file: os.DirEntry[str], language: str) -> Iterator[ArticleFile]:
    slug, extension = os.path.splitext(file.name)
    if extension != ".md" or slug.startswith((".", "_")):
        return
    found = _regular(file, language, slug)
    if found is not None:
        yield found


def _regular(
    file: os.DirEntry[str] | Path, language: str = "", slug: str = ""
) -> ArticleFile | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    if not S_ISREG(stat.st_mode):
        return None  # reading a pipe would never end
    version = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
    return ArticleFile(language, slug, os.fspath(file), stat.st_size, version)


def read_file(file: ArticleFile) -> Article | None:
    """The article of a file, or None with a warning in the log. OSError where it can't be read,
    which may be over the next time."""
    text, reason = _text(file)
    if reason:
        logger.warning("Help article %s left out: %s", file.path, reason)
        return None
    return parse_article(text, file.slug, file.language or language_of(text))


def language_of(text: str) -> str:
    """The language of an article that no folder names one for."""
    scores = language_scores(text, {"en": (), "es": ()})
    return max(scores, key=lambda code: scores[code])


def phrasings_file(directory: Path | None) -> ArticleFile | None:
    """The folder's file of phrasings, where it has one."""
    return None if directory is None else _regular(directory / PHRASINGS)


def read_phrasings(
    file: ArticleFile | None, workflow_id: str = ""
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Questions by the language and slug of the article that answers them, without those of other
    workflows; none, with a warning in the log, of a file that is not as it should be. OSError as
    above."""
    if file is None:
        return {}
    found: dict[tuple[str, str], list[str]] = {}
    try:
        if file.size > MAX_PHRASINGS:
            raise ValueError(f"over {MAX_PHRASINGS // 1024**2} MiB")
        for entry in json.loads(Path(file.path).read_text(encoding="utf-8")):
            language, slug, text = entry["language"], entry["article"], entry["question"]
            if not all(isinstance(value, str) for value in (language, slug, text)):
                raise ValueError("not all of its values are texts")
            if entry.get("workflow", "") not in ("", workflow_id):
                continue
            found.setdefault((primary(language), slug), []).append(text)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        logger.warning("Phrasings of %s left out: %r", file.path, error)
        return {}
    return {place: tuple(texts) for place, texts in found.items()}


def fault(file: ArticleFile) -> str:
    """Why a file is no article, "" where it is one."""
    try:
        return _text(file)[1]
    except OSError as error:
        return f"{error}."


def _text(file: ArticleFile) -> tuple[str, str]:
    """The text of a file, and why it is no article."""
    if not SLUG.fullmatch(file.slug):
        return "", "name it with a-z, 0-9 and - only."
    if file.size > MAX_FILE:
        return "", f"over {MAX_FILE // 1024} KiB."
    try:
        return Path(file.path).read_text(encoding="utf-8"), ""
    except UnicodeDecodeError as error:
        return "", f"{error}."
