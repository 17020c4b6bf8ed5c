"""The reading of an uploaded document as a task of Django's."""

from __future__ import annotations

import threading

from ....background import begin, task
from . import reading

# One after the other in a process: each reading may take much memory.
_turn = threading.Lock()


@task
def read_document(document_id: int) -> None:
    """Read a document that waits. One that is being read, or was, is left alone."""
    reading.read(document_id)


def start(document_id: int) -> None:
    """Read a document once what was written of it is there for others."""
    begin(
        read_document,
        document_id,
        refused=lambda: reading.refuse(document_id, "interrupted"),
        turn=_turn,
    )
