"""The article files of a folder: which there are, when they change, and reading one."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG

from .articles import SLUG, Article, parse_article
from .language import language_scores, primary

logger = logging.getLogger("chatkit.knowledge")

LANGUAGE = re.compile(r"[a-z]{2}([-_][A-Za-z0-9]{2,4})?")  # a language's folder
MAX_FILE = 512 * 1024  # bytes of an article

# (language or "" for the folder itself, slug, path, what changes when the file does)
Entry = tuple[str, str, str, tuple[int, ...]]


def list_files(directory: Path | None) -> Iterator[Entry]:
    """The article files, one level of language folders deep."""
    if directory is None:
        return
    for entry in _listing(directory):
        if LANGUAGE.fullmatch(entry.name):
            for file in _listing(entry.path):
                yield from _file(file, primary(entry.name))
        else:
            yield from _file(entry, "")


def _listing(path: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as found:
            return list(found)
    except OSError:
        return []


def _file(file: os.DirEntry[str], language: str) -> Iterator[Entry]:
    slug, extension = os.path.splitext(file.name)
    if extension != ".md" or slug.startswith((".", "_")):
        return
    try:
        stat = file.stat()
    except OSError:
        return
    if not S_ISREG(stat.st_mode):
        return  # to read a pipe would wait for ever
    yield language, slug, file.path, (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)


def read_file(entry: Entry) -> Article | None:
    """The article of a file, or None with a warning in the log."""
    language, slug, path, _stat = entry
    source, reason = _text(entry)
    if reason:
        logger.warning("Help article %s left out: %s", path, reason)
        return None
    if not language:
        scores = language_scores(source, {"en": (), "es": ()})
        language = max(scores, key=lambda code: scores[code])
    return parse_article(source, slug, language)


def fault(entry: Entry) -> str:
    """Why the article of a file is left out, "" where it is not."""
    return _text(entry)[1]


def _text(entry: Entry) -> tuple[str, str]:
    """What a file holds, and why it is no article."""
    _language, slug, path, (*_, size, _inode) = entry
    if not SLUG.fullmatch(slug):
        return "", "name it with a-z, 0-9 and - only."
    if size > MAX_FILE:
        return "", f"over {MAX_FILE // 1024} KiB."
    try:
        return Path(path).read_text(encoding="utf-8"), ""
    except (OSError, UnicodeDecodeError) as error:
        return "", f"{error}."
