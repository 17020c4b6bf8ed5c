"""Faults of this machine's disk: no file is broken by them, and none is to be given up."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeGuard

from ..exceptions import ApiError

logger = logging.getLogger("chatkit.attachments")
# Full, failing or read-only, or too many files are open. The last is what `tempfile` says where
# none of its folders takes anything.
_FAULTS = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS),
    *(errno.EMFILE, errno.ENFILE),
    errno.ENOENT,
}


def is_fault(error: BaseException | None) -> TypeGuard[OSError]:
    return isinstance(error, OSError) and error.errno in _FAULTS


@contextmanager
def told() -> Iterator[None]:
    """ApiError `files_unavailable` where the disk fails within the block."""
    try:
        yield
    except OSError as error:
        if not is_fault(error):
            raise
        logger.exception("There is no room for an upload.")
        raise ApiError("files_unavailable") from None
