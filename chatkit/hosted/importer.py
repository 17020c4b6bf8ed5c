"""Imports hosted conversations: OpenAI's threads and items as rows of ours.

A thread is read completely, then written in one transaction. When an import is broken off, each
thread is stored completely or not at all, and the next import continues. A thread that is stored
already gets the items that are new at OpenAI.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from .. import fulltext
from ..fields import JsonObject, stored_time
from ..models import Attachment, Thread, ThreadItem
from . import convert, records
from . import threads as upstream
from .causes import Cause, UpstreamError
from .owners import Owners

# A thread that can't be read is skipped. After this many in a row that OpenAI had no answer for,
# it is asked whether it still lists any; where it does not, the import gives up.
GIVE_UP = 3
BATCH = 500
# With these the next call fails as well.
HOPELESS = (401, 403)
BUSY = 429


@dataclass
class Report:
    """The results of an import. Ids are OpenAI's."""

    threads: int = 0  # found at OpenAI within what was asked for
    new: int = 0
    extended: int = 0  # here before, with new items now
    unchanged: int = 0
    items: Counter[str] = field(default_factory=Counter)  # imported, by their type here
    unmapped: dict[str, list[str]] = field(default_factory=dict)  # user there -> threads
    kept_whole: list[str] = field(default_factory=list)  # items without a counterpart, and why
    files: list[str] = field(default_factory=list)  # attachments whose content stays there
    failed: list[str] = field(default_factory=list)  # threads that could not be read, and why
    empty: list[str] = field(default_factory=list)  # new threads that OpenAI lists without items
    below: list[str] = field(default_factory=list)  # threads whose new items stand below later ones
    missing: int = 0  # sessions that were begun at OpenAI, where it lists no thread at all

    @property
    def is_complete(self) -> bool:
        """Whether everything that was found is stored here now, and something was to be found."""
        return not (self.unmapped or self.failed or self.empty or self.missing)


class _Deleted(Exception):
    """The thread to which items were to be added is here no more."""


@dataclass(frozen=True)
class Progress:
    """`done` of `total` threads, with `items` so far."""

    done: int
    total: int
    items: int


class Import:
    """One import into `workflow_id`. `dry_run` reads and counts, and writes nothing.

    `since` leaves out threads begun before it; `upstream_users` limits it to these users, as
    OpenAI calls them (None: all). `tell_pause` is told why a call is made again, and in how many
    seconds.
    """

    def __init__(
        self,
        workflow_id: str,
        owners: Owners,
        *,
        since: datetime.datetime | None = None,
        upstream_users: list[str] | None = None,
        dry_run: bool = False,
        tell: Callable[[Progress], None] = lambda progress: None,
        tell_pause: Callable[[Cause, float], None] = lambda cause, seconds: None,
    ) -> None:
        self.workflow_id = workflow_id
        self.owners = owners
        self.since = since
        self.upstream_users = upstream_users
        self.dry_run = dry_run
        self.tell = tell
        self._policy = replace(upstream.AT_FIRST, tell=tell_pause)
        self.report = Report()
        self._unlisted = False  # whether there is a thread of which the user could not be read
        self._broken_off: UpstreamError | None = None  # why the list of threads has no end

    def run(self) -> Report:
        """Import all. UpstreamError where it can't go on; what was imported until then stays.

        Where OpenAI's list of threads breaks off, those that it told are imported all the same:
        else one page that always fails would keep all of them there."""
        read = self._read = records.Read(self.owners, self.upstream_users, self.since)
        found = self._list()
        self.report.threads = len(found)
        failures = 0
        for number, thread in enumerate(found):
            self.tell(Progress(number, len(found), self.report.items.total()))
            owner = self.owners.owner(thread.user)
            if owner is None:
                self.report.unmapped.setdefault(thread.user, []).append(thread.id)
                continue
            try:
                read.tell(owner, complete=self._thread(thread, owner))
                failures = 0
            except UpstreamError as error:
                read.tell(owner, complete=False)
                self.report.failed.append(f"{thread.id}: {error.cause.sentence}")
                failures = self._faults(error, failures)
        self.tell(Progress(len(found), len(found), self.report.items.total()))
        if self._broken_off is not None:
            raise self._broken_off
        if not found:
            self.report.missing = read.sessions().count()
        elif not self.dry_run:
            read.keep(all_known=not (self.report.unmapped or self._unlisted))
        return self.report

    def _faults(self, error: UpstreamError, before: int) -> int:
        """How many threads in a row had no answer; the error again where the next has none."""
        if error.status in HOPELESS or error.code == "not_configured":
            raise error
        if error.status is not None and 400 <= error.status < 500 and error.status != BUSY:
            return 0  # of this thread alone
        if before + 1 < GIVE_UP:
            return before + 1
        if error.status is None or error.status == BUSY:
            raise error
        next(upstream.threads(policy=self._policy))
        return 0

    def _list(self) -> list[convert.Thread]:
        """The threads to import, in the order of their creation; where the list breaks off, those
        that it has told."""
        found: dict[str, convert.Thread] = {}
        try:
            for user in self.upstream_users if self.upstream_users is not None else [""]:
                for raw in self._raw_threads(user):
                    self._take(raw, found)
                self._policy = upstream.reached(self._policy)
        except UpstreamError as error:
            self._broken_off = error
        if found:
            self._policy = upstream.reached(self._policy)
        return sorted(found.values(), key=lambda thread: (thread.created_at, thread.id))

    def _take(self, raw: JsonObject, found: dict[str, convert.Thread]) -> None:
        try:
            thread = convert.thread(raw)
        except convert.Unreadable as error:
            thread_id = str(raw.get("id"))[:128]
            self.report.failed.append(f"{thread_id}: its {error} can't be read")
            self._unlisted = True
            return
        if self.since is None or thread.created_at >= self.since:
            found[thread.id] = thread

    def _raw_threads(self, user: str) -> Iterator[JsonObject]:
        if self.since is None:
            for page in upstream.threads(user=user, order="asc", policy=self._policy):
                yield from page
            return
        # The newest first, to the first page that ends before `since`.
        start = self.since.timestamp()
        for page in upstream.threads(user=user, order="desc", policy=self._policy):
            yield from page
            last = page[-1].get("created_at") if page else None
            if isinstance(last, int | float) and last < start:
                return

    def _thread(self, thread: convert.Thread, owner: AbstractBaseUser) -> bool:
        """Whether all of it is here now."""
        failed = len(self.report.failed)
        row = Thread.objects.filter(upstream_id=thread.id).first()
        if row is None:
            fresh = Thread(
                user_id=owner.pk,
                workflow_id=self.workflow_id,
                title=thread.title,
                status=thread.status,
                source=Thread.Source.IMPORT,
                upstream_id=thread.id,
                created_at=stored_time(thread.created_at),
                updated_at=stored_time(thread.created_at),
            )
            items = self._items(thread.id, fresh.id, known=set())
            if not items:
                # A conversation begins with its first message: OpenAI keeps this one's no more.
                self.report.empty.append(thread.id)
                return False
            if self._write(fresh, items, lambda: self._insert(fresh, items)):
                self.report.new += 1
            return len(self.report.failed) == failed
        if not row.belongs_to(owner):
            self.report.failed.append(f"{thread.id}: it is here already, as another user's")
            return False
        known = dict(row.items.values_list("item_id", "created_at"))
        # One that could not be read before may stand between those that are known.
        items = self._items(thread.id, row.id, set(known), whole=self._read.is_new(owner))
        if not items:
            self.report.unchanged += 1
            return len(self.report.failed) == failed
        below = stored_time(items[0].created_at) < max(known.values(), default=row.created_at)
        if self._write(row, items, lambda: self._extend(row, items, thread.title)):
            self.report.extended += 1
            if below:
                self.report.below.append(f"{thread.id}: {row.title or row.id}")
        return len(self.report.failed) == failed

    def _items(
        self, upstream_id: str, thread_id: str, known: set[str], *, whole: bool = False
    ) -> list[convert.Item]:
        """The thread's items that are not stored here, in their order.

        Of a thread that is stored already the newest are read first, until one is known; all
        where `whole`.
        """
        found: dict[str, convert.Item] = {}
        order: upstream.Order = "desc" if known else "asc"
        for page in upstream.items(upstream_id, order=order, policy=self._policy):
            for raw in page:
                try:
                    item = convert.item(raw, thread_id)
                except convert.Unreadable as error:
                    item_id = str(raw.get("id"))[:128]
                    self.report.failed.append(f"{upstream_id}, {item_id}: its {error}")
                    continue
                if item.id in known:
                    if whole:
                        continue
                    return [*reversed(found.values())]
                if item.id not in found and item.kept_whole:
                    self.report.kept_whole.append(f"{upstream_id}, {raw['id']}: {item.kept_whole}")
                found.setdefault(item.id, item)
        return [*(reversed(found.values()) if known else found.values())]

    def _write(self, thread: Thread, items: list[convert.Item], store: Callable[[], None]) -> bool:
        """Store a thread's new items; False where another import has just done so, or where the
        thread's place here is gone: it was deleted, or its user, while OpenAI was asked."""
        if not self.dry_run:
            try:
                with transaction.atomic():
                    store()
            except _Deleted:
                self.report.failed.append(f"{thread.upstream_id}: deleted here meanwhile")
                return False
            except IntegrityError:
                if Thread.objects.filter(upstream_id=thread.upstream_id).exists():
                    self.report.unchanged += 1
                    return False
                if get_user_model()._default_manager.filter(pk=thread.person_pk).exists():
                    raise
                self.report.failed.append(f"{thread.upstream_id}: its user was deleted meanwhile")
                return False
        self.report.items.update(item.type for item in items)
        self.report.files += [file.name for item in items for file in item.files]
        return True

    def _insert(self, thread: Thread, items: list[convert.Item]) -> None:
        thread.updated_at = max(thread.updated_at, _newest(items))
        thread.save(force_insert=True)
        self._write_items(thread, items)

    def _extend(self, thread: Thread, items: list[convert.Item], title: str) -> None:
        """Add to a thread that was read here before OpenAI was asked, which may take minutes: what
        has become of it since stays."""
        # The first statement writes, so that nothing changes under those that follow.
        row = Thread.objects.filter(pk=thread.pk)
        if not row.update(last_line=None):
            raise _Deleted
        newest = _newest(items)
        row.filter(updated_at__lt=newest).update(updated_at=newest)
        row.filter(title="").update(title=title, title_words=fulltext.kept([title]))
        thread.branch = row.values_list("branch", flat=True).get()
        self._write_items(thread, items)

    def _write_items(self, thread: Thread, items: list[convert.Item]) -> None:
        ThreadItem.objects.bulk_create(
            [
                ThreadItem(
                    item_id=item.id,
                    thread=thread,
                    branch=thread.branch,  # the one that is shown goes on with them
                    type=item.type,
                    payload=item.payload,
                    created_at=stored_time(item.created_at),
                )
                for item in items
            ],
            batch_size=BATCH,
        )
        Attachment.objects.bulk_create(
            [
                Attachment(
                    id=file.id,
                    **thread.owned_by,
                    workflow_id=thread.workflow_id,
                    thread=thread,
                    name=file.name,
                    mime_type=file.mime_type,
                    payload={"type": "file"},
                    created_at=stored_time(item.created_at),
                )
                for item in items
                for file in item.files
            ],
            batch_size=BATCH,
            ignore_conflicts=True,  # one file sent twice
        )


def _newest(items: list[convert.Item]) -> datetime.datetime:
    return stored_time(max(item.created_at for item in items))
