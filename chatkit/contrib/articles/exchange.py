"""Moves articles between a folder and the database, in both directions exactly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from ...knowledge import files as folder
from ...knowledge.articles import LAST
from ...knowledge.files import PHRASINGS, ArticleFile
from ...knowledge.language import primary
from . import exported
from .editing import create_text, take_step
from .files import File, fault, hides_file, published, unpublished
from .freshness import touch
from .models import LONGEST_SLUG, Article, ArticleText, Status, Step
from .recorded import (
    People,
    Recorded,
    Unfit,
    add_phrasings,
    phrasings_file,
    read,
    versions_file,
    versions_path,
)

HERE = "."  # directly in the folder


class Broken(Exception):
    """Files that are no articles: `faults` has their paths and why. Nothing was stored."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("\n".join(f"{path}: {reason}" for path, reason in faults))
        self.faults = faults


@dataclass
class Report:
    """The paths of files, relative to the folder, by what became of them."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # an export: articles that are not of ours
    left_out: list[tuple[str, str]] = field(default_factory=list)
    phrasings: tuple[int, int] = (0, 0)  # of an import: added, and there already
    restored: set[int] = field(default_factory=set)  # texts that came with all their versions


@dataclass(frozen=True)
class Found:
    """A file of a folder that is to be stored."""

    path: str  # relative to the folder
    slug: str
    language: str
    place: str  # the folder it is in, as ArticleText.folder names it
    raw: str
    file: File
    recorded: Recorded | None = None  # all its versions, where the folder has them


# -- from a folder -----------------------------------------------------------------------------


def import_folder(directory: Path, user: Any = None, *, skip_broken: bool = False) -> Report:
    """Store all articles of a folder, as versions of those there are. Raises Broken, or with
    `skip_broken` leaves such files out."""
    report = Report()
    found: list[Found] = []
    seen: dict[tuple[str, str, bool], str] = {}
    for file, hidden in _listed(directory):
        path = os.path.relpath(file.path, directory)
        one = _read(file, path, hidden=hidden)
        if isinstance(one, Found):
            one = _with_versions(one, directory, report)
            key = (one.language, one.slug, hidden)
            if key in seen:
                one = f"it is the same article as {seen[key]}."
            else:
                seen[key] = path
                found.append(one)
        if isinstance(one, str) and one:
            report.left_out.append((path, one))
    people = People()
    with transaction.atomic():
        touch()  # written first: see take_step
        _store_phrasings(directory / PHRASINGS, people, report)
        if report.left_out and not skip_broken:
            raise Broken(list(dict.fromkeys(report.left_out)))
        for one in found:
            _store(one, user, report, people)
    report.left_out = list(dict.fromkeys(report.left_out))
    return report


def _store_phrasings(path: Path, people: People, report: Report) -> None:
    if not path.is_file():
        return
    try:
        report.phrasings = add_phrasings(read(path), people)
    except Unfit as error:
        report.left_out.append((path.name, str(error)))


def _with_versions(found: Found, directory: Path, report: Report) -> Found:
    """With all its versions, where the folder has them."""
    name = versions_path(found.language, found.slug)
    if not (directory / name).is_file():
        return found
    try:
        return replace(found, recorded=Recorded.of(read(directory / name)))
    except Unfit as error:
        report.left_out.append((name, str(error)))
        return found


def _listed(directory: Path) -> Iterator[tuple[ArticleFile, bool]]:
    """The files of a folder; those that hide themselves last, with True."""
    yield from ((file, False) for file in sorted(folder.list_files(directory)))
    for path in sorted([*directory.glob("_*.md"), *directory.glob("*/_*.md")]):
        inner = path.parent != directory
        if path.is_file() and (not inner or folder.is_language(path.parent.name)):
            language = primary(path.parent.name) if inner else ""
            size = path.stat().st_size
            yield ArticleFile(language, path.stem[1:], str(path), size, ()), True


def _read(file: ArticleFile, path: str, *, hidden: bool) -> Found | str:
    """A file to store, or why it is not: "" for notes that are no articles."""
    reason = folder.fault(file)
    raw = "" if reason else Path(file.path).read_bytes().decode("utf-8")
    if hidden and (reason or File.read(raw, file.slug, "en", hidden=True) is None):
        return ""
    if "\0" in raw:
        reason = "it has a NUL character."
    if len(file.slug) > LONGEST_SLUG:
        reason = f"its name is over {LONGEST_SLUG} characters."
    if reason:
        return reason
    language = file.language or folder.language_of(raw)
    said = File.read(raw, file.slug, language, hidden=hidden)
    if said is None:
        return ""
    inner = os.path.dirname(path)
    place = HERE if not inner else "" if inner == language else inner
    return fault(said) or Found(path, file.slug, language, place, raw, said)


def _store(found: Found, user: Any, report: Report, people: People) -> None:
    said, recorded = found.file, found.recorded
    order = None if said.order == LAST else said.order
    begun = {"order": order, "created_by": user}
    if recorded is not None:
        begun |= {
            "created_by": people.named(recorded.article_by),
            "created_at": recorded.article_at,
        }
    article, _new = Article.objects.get_or_create(slug=found.slug, defaults=begun)
    place: dict[str, Any] = {
        "own_order": None if article.order == order else said.order,
        "folder": found.place,
    }
    text = article.texts.select_related("live").filter(language=found.language).first()
    note = found.path[-200:]
    if text is None and recorded is not None:
        text = recorded.store(article, found.language, people, **place)
        report.restored.add(text.pk)
    if said.taken_back and (text is None or text.published_at is None):
        place["published_at"] = timezone.now()
    if text is None:
        create_text(
            article,
            found.language,
            said.content,
            user,
            step=Step.IMPORTED,
            status=said.status,
            note=note,
            file=found.raw,
            **place,
        )
        report.added.append(found.path)
        return
    text.article = article
    written = published if said.status == Status.PUBLISHED else unpublished
    if written(text) == found.raw:
        (report.added if text.pk in report.restored else report.unchanged).append(found.path)
        return
    ArticleText.objects.filter(pk=text.pk).update(**place)
    take_step(
        text,
        Step.IMPORTED,
        user,
        content=said.content,
        note=note,
        file=found.raw,
        status=said.status,
        taken_back=said.taken_back,
    )
    report.changed.append(found.path)


# -- to a folder -------------------------------------------------------------------------------


def export_folder(directory: Path, *, overwrite: bool = False, versions: bool = False) -> Report:
    """Write all texts and phrasings to a folder that has none, or with `overwrite` over those it
    has: then the file of an article that is not published any more is removed, and what an earlier
    export wrote of one that is deleted. With `versions`, every version of each text, too. Raises
    FileExistsError."""
    files, gone, kept = _written(versions=versions)
    if not overwrite and directory.exists() and any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty.")
    earlier = exported.written(directory)
    there = set(_articles(directory)) - set(files)
    report = Report()
    for path, text in sorted(files.items()):
        target = directory / path
        if target.is_file() and target.read_bytes() == text.encode():
            report.unchanged.append(path)
            continue
        (report.changed if target.exists() else report.added).append(path)
        _put(target, text)
    report.removed = sorted((gone & there) | (set(earlier) - set(files) - kept))
    report.left = sorted(there - set(report.removed))
    for path in report.removed:
        (directory / path).unlink()
    ours = {path: digest for path, digest in earlier.items() if path in kept}
    ours |= {path: exported.digest(text.encode()) for path, text in files.items()}
    if ours or earlier:
        _put(directory / exported.LIST, exported.note(ours))
    return report


def _put(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    draft.write_bytes(text.encode())
    draft.replace(target)


def _articles(directory: Path) -> Iterator[str]:
    """The paths of the files that an import would store."""
    for file, hidden in _listed(directory):
        path = os.path.relpath(file.path, directory)
        if isinstance(_read(file, path, hidden=hidden), Found):
            yield path


def _written(*, versions: bool) -> tuple[dict[str, str], set[str], set[str]]:
    """The files by their paths, the paths that our texts would have and do not, and those that
    stay as an earlier export has written them."""
    files: dict[str, str] = {}
    gone: set[str] = set()
    kept: set[str] = set()
    texts = ArticleText.objects.select_related("article__created_by", "live").order_by("pk")
    for text in texts.iterator():
        recorded = versions_path(text.language, text.article.slug)
        if versions:
            files[recorded] = versions_file(text)
        else:
            kept.add(recorded)
        name = f"{text.article.slug}.md"
        made = {name: published(text), f"_{name}": unpublished(text)}
        place = text.folder or text.language
        for file, content in made.items():
            path = file if place == HERE else f"{place}/{file}"
            if content is not None:
                if place == HERE and folder.language_of(content) != text.language:
                    gone.add(path)  # an import would take its new words for another language's
                    path = f"{text.language}/{file}"
                files[path] = content
            elif file != name or hides_file(text):  # else it is the folder's own: ours is a draft
                gone.add(path)
    phrasings = phrasings_file()
    if phrasings is not None:
        files[PHRASINGS] = phrasings
    return files, gone - set(files), kept - set(files)
