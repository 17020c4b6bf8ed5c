"""The reading as a task of Django's: `django.tasks`, before Django 6.0 its backport `django-tasks`.

With a backend that runs tasks at once, which is the default, it happens on a thread of this
process, so that the page that shows the progress is there meanwhile.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from django.db import connections, transaction

from ....background import runs_at_once, task_library
from . import reading

logger = logging.getLogger("chatkit.articles")


def read_document(document_id: int) -> None:
    """The task: a function alone where there is no library for tasks."""
    reading.read(document_id)


_library = task_library()
if _library is not None:  # workers find it by this name
    read_document = _library.task(read_document)


def start(document_id: int) -> None:
    """Read a document once what was written of it is there for others."""
    transaction.on_commit(lambda: _enqueue(document_id))


def _enqueue(document_id: int) -> None:
    if not runs_at_once(read_document):
        _run(document_id)
        return
    thread = threading.Thread(
        target=_on_a_thread, args=(document_id,), name="chatkit-document", daemon=True
    )
    thread.start()


def _run(document_id: int) -> None:
    task: Any = read_document
    try:
        (task if _library is None else task.enqueue)(document_id)
    except Exception:  # a queue that does not answer
        logger.exception("The document %s could not be given to the tasks.", document_id)
        reading.refuse(document_id, "interrupted")


# One after the other: each reading may take much memory.
_turn = threading.Lock()


def _on_a_thread(document_id: int) -> None:
    with _turn:
        try:
            _run(document_id)
        finally:
            connections.close_all()
