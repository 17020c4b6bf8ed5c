"""The peer's store: SQLite by the standard library, JSON in a column, one commit per write.

As one writes it from the SDK's interface in an afternoon, on one connection with WAL.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from pydantic import TypeAdapter

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata

ITEMS: TypeAdapter[Any] = TypeAdapter(ThreadItem)
TABLES = """
CREATE TABLE IF NOT EXISTS thread (id TEXT PRIMARY KEY, created_at TEXT, data TEXT);
CREATE TABLE IF NOT EXISTS item (
    position INTEGER PRIMARY KEY, id TEXT UNIQUE, thread_id TEXT, data TEXT
);
CREATE INDEX IF NOT EXISTS item_thread ON item (thread_id);
"""


class SqliteStore(Store[dict[str, Any]]):
    """Nobody's threads are anybody's: a store without owners."""

    def __init__(self, path: str) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + TABLES)

    def _one(self, query: str, *values: str) -> str:
        row = self.database.execute(query, values).fetchone()
        if row is None:
            raise NotFoundError(values[0])
        return str(row[0])

    async def load_thread(self, thread_id: str, context: dict[str, Any]) -> ThreadMetadata:
        data = self._one("SELECT data FROM thread WHERE id = ?", thread_id)
        return ThreadMetadata.model_validate_json(data)

    async def save_thread(self, thread: ThreadMetadata, context: dict[str, Any]) -> None:
        self.database.execute(
            "INSERT INTO thread VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            (thread.id, thread.created_at.isoformat(), thread.model_dump_json()),
        )

    async def load_thread_items(
        self,
        thread_id: str,
        after: str | None,
        limit: int,
        order: str,
        context: dict[str, Any],
    ) -> Page[ThreadItem]:
        rows = self.database.execute(
            "SELECT data FROM item WHERE thread_id = ? ORDER BY position", (thread_id,)
        ).fetchall()
        found = [ITEMS.validate_json(row[0]) for row in rows]
        if order == "desc":
            found.reverse()
        if after is not None:
            found = found[[item.id for item in found].index(after) + 1 :]
        return Page(data=found[:limit], has_more=len(found) > limit)

    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: dict[str, Any]
    ) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: dict[str, Any]) -> None:
        self.database.execute(
            "INSERT INTO item (id, thread_id, data) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            (item.id, thread_id, ITEMS.dump_json(item).decode()),
        )

    async def load_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> ThreadItem:
        item: ThreadItem = ITEMS.validate_json(
            self._one("SELECT data FROM item WHERE id = ?", item_id)
        )
        return item

    async def delete_thread(self, thread_id: str, context: dict[str, Any]) -> None:
        self.database.execute("DELETE FROM item WHERE thread_id = ?", (thread_id,))
        self.database.execute("DELETE FROM thread WHERE id = ?", (thread_id,))

    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: dict[str, Any]
    ) -> None:
        self.database.execute("DELETE FROM item WHERE id = ?", (item_id,))

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, Any]
    ) -> Page[ThreadMetadata]:
        rows = self.database.execute("SELECT data FROM thread ORDER BY created_at").fetchall()
        found = [ThreadMetadata.model_validate_json(row[0]) for row in rows]
        return Page(data=found[:limit], has_more=len(found) > limit)

    async def save_attachment(self, attachment: Attachment, context: dict[str, Any]) -> None:
        raise NotImplementedError("The benchmark has no attachments.")

    async def load_attachment(self, attachment_id: str, context: dict[str, Any]) -> Attachment:
        raise NotFoundError(attachment_id)

    async def delete_attachment(self, attachment_id: str, context: dict[str, Any]) -> None:
        raise NotFoundError(attachment_id)
