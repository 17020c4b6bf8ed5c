"""What an export has beside the articles' files: phrasings, and every version of each text, as JSON
that says all there is of them.

    phrasings.json           [{"article", "language", "question", "at", "by"}], and "workflow"
                             where only one has the article
    versions/en/orders.json  {"article": {"at", "by"}, "published_at", "live", "versions": [
                                {"number", "title", "keywords", "body", "file", "status", "step",
                                 "note", "at", "by"}]}

`by` is a login name, or null. Who is not there when it is read is nobody.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ... import access
from ...api import is_storable
from ...fields import stored_time
from ...knowledge.articles import SLUG
from .editing import is_heading
from .models import (
    LONGEST_BODY,
    LONGEST_SLUG,
    Article,
    ArticleText,
    Phrasing,
    Status,
    Step,
    Version,
    phrasing_key,
)
from .told import tell_phrasing, told_of

FOLDER = "versions"


class Unfit(ValueError):
    """The file is not as this module writes it; says why."""


def versions_path(language: str, slug: str) -> str:
    return f"{FOLDER}/{language}/{slug}.json"


# -- to files --------------------------------------------------------------------------------------


def phrasings_file() -> str | None:
    """None where there are none."""
    rows = Phrasing.objects.select_related("created_by").order_by("slug", "language", "pk")
    listed = [
        {
            "article": row.slug,
            "language": row.language,
            "question": row.text,
            "at": row.created_at.isoformat(),
            "by": _name(row.created_by),
            **({"workflow": row.workflow_id} if row.workflow_id else {}),
        }
        for row in rows
    ]
    return _written(listed) if listed else None


def versions_file(text: ArticleText) -> str:
    """`text` has its article and that one's creator, and its live version."""
    listed = [
        {
            "number": row.number,
            "title": row.title,
            "keywords": row.keywords,
            "body": row.body,
            "file": row.file,
            "status": row.status,
            "step": row.step,
            "note": row.note,
            "at": row.created_at.isoformat(),
            "by": _name(row.user),
        }
        for row in text.versions.select_related("user").order_by("number")
    ]
    article = text.article
    return _written(
        {
            "article": {
                "at": article.created_at.isoformat(),
                "by": _name(article.created_by),
            },
            "published_at": text.published_at and text.published_at.isoformat(),
            "live": text.live and text.live.number,
            "versions": listed,
        }
    )


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _name(user: Any) -> str | None:
    return None if user is None else access.login_name(user)


# -- from files ------------------------------------------------------------------------------------


class People:
    """Users by their login names, each looked up once."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def named(self, name: str | None) -> Any:
        if name is None:
            return None
        if name not in self.known:
            users = get_user_model()
            same = {users.USERNAME_FIELD: name}
            self.known[name] = users._default_manager.filter(**same).first()
        return self.known[name]


def read(path: Path) -> Any:
    """The JSON of a file. Unfit where it is none."""
    try:
        return json.loads(path.read_bytes().decode("utf-8"))
    except (ValueError, RecursionError):  # UnicodeDecodeError is one, too
        raise Unfit("it is no JSON in UTF-8.") from None


def add_phrasings(value: Any, people: People) -> tuple[int, int]:
    """Store those that are not there. How many were added, and how many there were already."""
    rows = [_phrasing(one, people) for one in _list(value)]
    there = set(Phrasing.objects.values_list("slug", "language", "workflow_id", "key"))
    added = 0
    for row in rows:
        key = (row.slug, row.language, row.workflow_id, phrasing_key(row.text))
        if key not in there:
            there.add(key)
            with transaction.atomic():
                row.save()
                tell_phrasing(None, row, {}, told_of(row))
            added += 1
    return added, len(rows) - added


def _phrasing(value: Any, people: People) -> Phrasing:
    slug = _text(value, "article", LONGEST_SLUG)
    if not SLUG.fullmatch(slug):
        raise Unfit(f"{slug!r} is no article's name.")
    question = _text(value, "question", 500).strip()
    if not question:
        raise Unfit("a question is empty.")
    return Phrasing(
        slug=slug,
        language=_text(value, "language", 16),
        text=question,
        workflow_id=_text(value, "workflow", 128) if "workflow" in value else "",
        created_at=_time(value, "at"),
        created_by=people.named(_by(value)),
    )


@dataclass(frozen=True)
class Recorded:
    """A text with all its versions, from a file. None is in the database."""

    article_at: datetime.datetime
    article_by: str | None
    published_at: datetime.datetime | None
    live: int | None
    versions: list[tuple[Version, str | None]]

    @classmethod
    def of(cls, value: Any) -> Recorded:
        """Unfit where it is not as `versions_file` writes it."""
        article = _get(value, "article", dict)
        versions = [(_version(one), _by(one)) for one in _list(_get(value, "versions", list))]
        numbers = [version.number for version, _by_whom in versions]
        live = _get(value, "live", (int, type(None)))
        if not numbers or numbers != sorted(set(numbers)) or numbers[0] < 1:
            raise Unfit("its versions are not in the order of their numbers.")
        if live is not None and live not in numbers:
            raise Unfit("the version that readers see is not there.")
        published = _get(value, "published_at", (str, type(None)))
        return cls(
            _time(article, "at"),
            _by(article),
            None if published is None else _time(value, "published_at"),
            live,
            versions,
        )

    def store(self, article: Article, language: str, people: People, **fields: Any) -> ArticleText:
        """A new text of the article, with these versions as they are."""
        newest, by = self.versions[-1]
        text = ArticleText.objects.create(
            article=article,
            language=language,
            title=newest.title,
            keywords=newest.keywords,
            body=newest.body,
            status=newest.status,
            number=newest.number,
            published_at=self.published_at,
            updated_at=newest.created_at,
            updated_by=people.named(by),
            **fields,
        )
        for version, name in self.versions:
            version.text = text
            version.user = people.named(name)
        Version.objects.bulk_create([version for version, _by_whom in self.versions])
        if self.live is not None:
            text.live = text.versions.get(number=self.live)
            text.save(update_fields=["live"])
        return text


def _version(value: Any) -> Version:
    title = _text(value, "title", 200)
    if not is_heading(title):
        raise Unfit("a title is empty, or no heading.")
    return Version(
        number=_get(value, "number", int),
        title=title,
        keywords=_text(value, "keywords", 1000),
        body=_text(value, "body", LONGEST_BODY),
        file=_text(value, "file", 2 * LONGEST_BODY),
        status=_one_of(value, "status", Status.values),
        step=_one_of(value, "step", Step.values),
        note=_text(value, "note", 200),
        created_at=_time(value, "at"),
    )


def _list(value: Any) -> Iterable[Any]:
    if not isinstance(value, list):
        raise Unfit("it is no list.")
    return value


def _get(value: Any, name: str, kind: type | tuple[type, ...]) -> Any:
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, kind) or isinstance(found, bool):
        raise Unfit(f"{name!r} is missing, or is of another kind.")
    return found


def _text(value: Any, name: str, longest: int) -> str:
    text: str = _get(value, name, str)
    if len(text) > longest or not is_storable(text):
        raise Unfit(f"{name!r} is over {longest:,} characters, or has signs that can’t be stored.")
    return text


def _one_of(value: Any, name: str, known: Iterable[str]) -> str:
    text: str = _get(value, name, str)
    if text not in known:
        raise Unfit(f"{name!r} is {text[:50]!r}.")
    return text


def _by(value: Any) -> str | None:
    name: str | None = _get(value, "by", (str, type(None)))
    return name if name is None or is_storable(name) else None


def _time(value: Any, name: str) -> datetime.datetime:
    text: str = _get(value, name, str)
    try:
        moment = parse_datetime(text)
        if moment is None:
            raise ValueError
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        return stored_time(moment.astimezone(datetime.UTC))
    except (ValueError, OverflowError):
        raise Unfit(f"{name!r} is no time.") from None
