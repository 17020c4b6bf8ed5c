"""Everything that is kept about one user, or one visitor: exported and deleted here.

Other apps name what they keep in `AppConfig.ready()`:

    from chatkit import personal_data

    personal_data.register(personal_data.RecordKind("notes", notes_of, ("text", "created_at")))
"""

from __future__ import annotations

import datetime
import io
import json
import logging
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from django.utils import timezone

from . import access, retention
from .fields import local_time
from .managers import is_visitor, owned_by
from .models import (
    HIDDEN_TYPES,
    SPOKEN,
    AgentSession,
    Attachment,
    Feedback,
    Run,
    Session,
    Share,
    Thread,
    ThreadItem,
    ToolCall,
    Visitor,
    turns_of,
)

logger = logging.getLogger("chatkit.personal_data")
CHUNK = 500
PIECE = 64 * 1024  # bytes of a file
IN_MEMORY = 1024 * 1024  # bytes; larger files wait in a file
# JSON may leave these as they are, and a terminal that shows the export would obey them.
CONTROLS = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f]")
# The same but for an isolate that ends in its line: it turns nothing around it, nor does a mark.
TURNING = re.compile(
    r"([\u2066-\u2068][^\n\x7f-\x9f\u2028-\u202e\u2066-\u2069]*\u2069)"
    r"|[\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
)
FORMAT = "mseller-chatkit/1"
Row = dict[str, Any]


class UserNotFound(Exception):
    """There is no user of that name, or more than one. The text says which."""


def find_user(name: str) -> AbstractBaseUser:
    """The user whose login name is `name`, else the only one with that e-mail address.

    UserNotFound otherwise: a guess could give one user's messages to another.
    """
    model = get_user_model()
    users = model._default_manager
    found = users.filter(**{model.USERNAME_FIELD: name}).first()
    if found is not None:
        return found
    try:
        email = model._meta.get_field(getattr(model, "EMAIL_FIELD", "email")).name
    except FieldDoesNotExist:
        email = ""
    matches = list(users.filter(**{f"{email}__iexact": name})[:2]) if email and name else []
    if len(matches) > 1:
        raise UserNotFound(f"Several users have the e-mail address {name!r}: give a login name.")
    if not matches:
        raise UserNotFound(f"There is no user {name!r}.")
    return matches[0]


Rows = Callable[[Any], QuerySet[Any]]


@dataclass(frozen=True)
class RecordKind:
    """One kind of rows: its name in the export, the rows of a user, and the fields exported.

    `erased` are the rows that are erased, where those are not all. Of a kind that another
    app has registered, `forget` does it where they are not to be deleted.
    """

    name: str
    rows: Rows
    fields: tuple[str, ...]
    erased: Rows | None = None
    forget: Callable[[QuerySet[Any]], object] = retention.delete_rows
    # Whether `rows` can be asked with a visitor, too.
    visitors: bool = False

    def to_erase(self, user: Any) -> QuerySet[Any]:
        return (self.erased or self.rows)(user)


KindAndRows = tuple[RecordKind, QuerySet[Any]]


def _visitors(person: Any) -> QuerySet[Visitor]:
    """Whom the person was before they logged in, or whom they are without a login."""
    if is_visitor(person):
        return Visitor.objects.filter(pk=person.pk)
    return Visitor.objects.filter(merged_into=person)


def _merged(person: Any) -> QuerySet[Visitor]:
    """Those of them that nobody is any more: a visitor stays who erases what was said, as a user
    does."""
    return _visitors(person).exclude(merged_at=None)


# The user's threads with their items, and whatever the user did in any thread.
RECORD_KINDS: tuple[RecordKind, ...] = (
    RecordKind(
        "sessions",
        lambda user: Session.objects.filter(**owned_by(user)),
        (
            "session_id",
            "workflow_id",
            "issuer",
            "status",
            "refreshed_from__session_id",
            "user_label",
            "device_label",
            "created_at",
            "expires_at",
            "error_code",
            "error_cause",
            "upstream_status",
            "upstream_request_id",
            "imported_at",
        ),
    ),
    RecordKind(
        "threads",
        lambda user: Thread.objects.filter(**owned_by(user)),
        (
            "id",
            "workflow_id",
            "title",
            "status",
            "metadata",
            "source",
            "temporary",
            "place",
            "deleted_at",
            "upstream_id",
            "created_at",
            "updated_at",
        ),
    ),
    RecordKind(
        "items",
        lambda user: ThreadItem.objects.filter(**owned_by(user, "thread__")),
        (
            *("thread_id", "sequence", "item_id", "type", "payload", "created_at"),
            *("branch", "superseded", "follow_ups"),
        ),
    ),
    RecordKind(
        "feedback",
        lambda user: Feedback.objects.filter(**owned_by(user)),
        ("thread_id", "item_id", "kind", "reason", "comment", "created_at"),
    ),
    RecordKind(
        "runs",
        lambda user: Run.objects.filter(**owned_by(user)),
        (
            "id",
            "thread_id",
            "kind",
            "status",
            "outcome",
            "searched",
            "cited",
            "named",
            "model",
            "tokens_in",
            "tokens_cached",
            "tokens_out",
            "first_token_ms",
            "duration_ms",
            "error",
            "created_at",
            "ended_at",
        ),
    ),
    RecordKind(
        "tool_calls",
        lambda user: ToolCall.objects.filter(**owned_by(user)),
        (
            "id",
            "thread_id",
            "run_id",
            "tool",
            "arguments",
            "status",
            "outcome",
            "created_at",
            "ended_at",
        ),
    ),
    RecordKind(
        "agent_sessions",
        lambda user: AgentSession.objects.filter(**owned_by(user, "thread__")),
        # Not the key: with the site's API key it opens the session at OpenAI.
        ("thread_id", "agent_id", "created_at", "used_at"),
    ),
    RecordKind(
        "shares",
        lambda user: Share.objects.filter(**owned_by(user, "thread__")),
        ("id", "thread_id", "created_at", "expires_at", "revoked_at", "opened", "last_opened_at"),
    ),
    RecordKind(
        "attachments",
        lambda user: Attachment.objects.filter(**owned_by(user)),
        ("id", "workflow_id", "thread_id", "name", "mime_type", "size", "created_at"),
    ),
    RecordKind(
        "visitors",
        _visitors,
        ("id", "consent", "created_at", "seen_at", "merged_at"),
        erased=_merged,
    ),
)

_registered: dict[str, RecordKind] = {}


def register(kind: RecordKind) -> None:
    """Export and erase these rows too from now on."""
    _registered[kind.name] = kind


def kinds(person: Any = None) -> tuple[RecordKind, ...]:
    """All that is kept: ours, and what other apps have registered. Of a visitor, what those keep of
    visitors."""
    others = _registered.values()
    return (*RECORD_KINDS, *(one for one in others if one.visitors or not is_visitor(person)))


def counts(user: Any) -> dict[str, int]:
    """How many rows of each kind would be erased."""
    return {kind.name: kind.to_erase(user).count() for kind in kinds(user)}


def export(user: Any, *, hidden: bool = False) -> Iterator[str]:
    """Everything of the user as pieces of one JSON object, so that it is never all in memory. What
    a site put into conversations for the model alone is there with `hidden`: for who runs the site.

    `{"format", "exported_at", "user": {"id", "login"}, "sessions": [...], "threads": [...],
    "items": [...], "feedback": [...], "runs": [...], "tool_calls": [...], "agent_sessions":
    [...], "shares": [...], "attachments": [...], "visitors": [...]}` and what other apps have
    registered, times in ISO 8601.
    """
    about = {
        "format": FORMAT,
        "exported_at": timezone.now(),
        "user": {"id": str(user.pk), "login": access.login_name(user)},
    }
    rows = ((kind, kind.rows(user)) for kind in kinds(user))
    yield from _object(about, rows if hidden else _without_hidden(rows))


def export_thread(thread: Thread) -> Iterator[str]:
    """What is kept of one conversation, as its person's `export` has it: the rows that belong to
    it."""
    about = {"format": FORMAT, "exported_at": timezone.now()}
    rows = ((kind, _of(thread, kind.rows(thread.person))) for kind in kinds(thread.person))
    belonging = ((kind, found) for kind, found in rows if found is not None)
    yield from _object(about, _without_hidden(belonging))


def _without_hidden(rows: Iterable[KindAndRows]) -> Iterator[KindAndRows]:
    for kind, found in rows:
        yield kind, found.exclude(type__in=HIDDEN_TYPES) if found.model is ThreadItem else found


def _of(thread: Thread, rows: QuerySet[Any]) -> QuerySet[Any] | None:
    """Those of the rows that belong to the conversation; None where none of their kind do."""
    if rows.model is Thread:
        return rows.filter(pk=thread.pk)
    try:
        belongs = rows.model._meta.get_field("thread").related_model is Thread
    except FieldDoesNotExist:
        belongs = False
    return rows.filter(thread=thread) if belongs else None


def _object(about: Row, kinds_of_rows: Iterable[KindAndRows]) -> Iterator[str]:
    yield _json(about)[:-1]
    for kind, rows in kinds_of_rows:
        yield f',\n"{kind.name}": ['
        between = "\n"
        for row in in_order(rows, kind.fields):
            yield between + _json(row)
            between = ",\n"
        yield "]"
    yield "}\n"


def readable(user: Any, you: str, assistant: str) -> Iterator[str]:
    """The user's conversations as a text to read, in pieces; `you` and `assistant` say who speaks.
    What is no text, such as a picture, is in the export alone."""
    threads = Thread.objects.filter(**owned_by(user))
    for thread in in_order(threads, ("id", "title", "created_at")):
        title = without_controls(thread["title"])
        yield f"{local_minute(thread['created_at'])}  {title}".rstrip() + "\n"
        items = ThreadItem.objects.shown().filter(thread_id=thread["id"], type__in=SPOKEN)
        for item in in_order(items, ("type", "payload")):
            for asked, said in turns_of(item["type"], item["payload"]):
                if text := without_controls(said):
                    yield f"\n{you if asked else assistant}: {text}\n"
        yield "\n" + "-" * 72 + "\n\n"


def files(user: Any) -> Iterator[bytes]:
    """The user's files as one ZIP, in pieces, so that it is never all in memory. One that can't be
    read is named in a text of the ZIP."""
    held = _Held()
    missing = []
    rows = Attachment.objects.filter(**owned_by(user)).exclude(file="").defer("text", "payload")
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for row in rows.order_by("pk").iterator(CHUNK):
            # Read to its end first: what broke off in the ZIP could not be taken back.
            with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as whole:
                try:
                    with row.file.storage.open(str(row.file.name)) as file:
                        shutil.copyfileobj(file, whole, PIECE)
                except Exception:  # whatever a storage raises, when it opens a file or reads it
                    logger.exception("A file could not be exported.")
                    missing.append(row.pk)
                    continue
                whole.seek(0)
                # In a folder of its own: two files may have one name.
                with archive.open(f"{row.pk}/{row.name}", "w") as part:
                    while piece := whole.read(PIECE):
                        part.write(piece)
                        yield held.taken()
        if missing:
            archive.writestr("not-readable.txt", "\n".join(missing) + "\n")
    yield held.taken()


class _Held(io.RawIOBase):
    """What a ZIP writes, until it is sent on."""

    def __init__(self) -> None:
        self._data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._data += data
        return len(data)

    def taken(self) -> bytes:
        found, self._data = bytes(self._data), bytearray()
        return found


def local_minute(at: datetime.datetime) -> str:
    return f"{local_time(at):%Y-%m-%d %H:%M}"


def without_controls(text: str) -> str:
    """Without the characters that a terminal or a viewer would obey, but for line ends, and for
    the marks and isolates of texts from right to left."""
    return TURNING.sub(lambda found: found[1] or "\ufffd", OBEYED.sub("\ufffd", text)).strip()


def erase(user: Any) -> dict[str, int]:
    """Delete all of it, files first; the user stays. Returns how many rows there were.

    What other apps must keep for a while stays, such as what is used of a budget until its period
    is over: nobody gets a new one by erasing.
    """
    found = counts(user)
    # Without a session nothing new can begin, and runs end at their next heartbeat.
    retention.delete_rows(Session.objects.filter(**owned_by(user)))
    theirs = Q(**owned_by(user)) | Q(**owned_by(user, "thread__"))
    Run.objects.filter(theirs, live__isnull=False).update(stop_requested=True)
    retention.delete_attachments(Attachment.objects.filter(**owned_by(user)))
    retention.delete_threads(Thread.objects.filter(**owned_by(user)))
    retention.delete_rows(Feedback.objects.filter(**owned_by(user)))
    retention.delete_rows(ToolCall.objects.filter(**owned_by(user)))
    retention.delete_rows(Run.objects.filter(**owned_by(user)))
    retention.delete_rows(Session.objects.filter(**owned_by(user)))  # made meanwhile
    retention.delete_rows(_merged(user))
    for kind in kinds(user)[len(RECORD_KINDS) :]:
        kind.forget(kind.to_erase(user))
    return found


def in_order(queryset: QuerySet[Any], fields: tuple[str, ...]) -> Iterator[Row]:
    """The rows in the order of their keys, in queries of CHUNK rows: no cursor stays open."""
    chosen = queryset.order_by("pk").values("pk", *fields)
    last: Any = None
    while chunk := list((chosen if last is None else chosen.filter(pk__gt=last))[:CHUNK]):
        last = chunk[-1]["pk"]
        for row in chunk:
            yield {name.replace("__", "_"): row[name] for name in fields}


def _json(value: object) -> str:
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
