"""Files in the storage that no row names, as of an upload whose process died between the two.

The storage is this site's alone: what another site put into the same folder has no row here either.
"""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar, TypeVarTuple

from django.utils import timezone

from ..models import Attachment
from ..models.conversation import FOLDER
from ..models.storage import file_storage
from .files import FilesRemain

OLD = datetime.timedelta(days=1)  # younger ones may be on their way
MOST = 20_000  # files that one pruning looks at; the next one begins elsewhere
BATCH = 200
_OURS = re.compile(r"atc_[0-9a-f]{32}-[0-9a-f]{8}(_\w+)?")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


def orphans() -> Iterator[str]:
    """Their paths; FilesRemain where the storage fails. A storage that can't list has none."""
    paths = islice(_paths(), MOST)
    while batch := list(islice(paths, BATCH)):
        # By their ids, which their names begin with: paths have no index.
        rows = Attachment.objects.filter(pk__in=[_id_in(path) for path in batch])
        known = set(rows.values_list("file", flat=True))
        yield from (path for path in batch if path not in known and _is_old(path))


def delete_orphans() -> int:
    """Delete them. Returns how many; FilesRemain where the storage fails."""
    deleted = 0
    for path in orphans():
        _asked(file_storage.delete, path)
        deleted += 1
    return deleted


def _paths() -> Iterator[str]:
    """Of all files that may be ours, folder by folder, in another order each time."""
    folders, _files = _asked(file_storage.listdir, FOLDER) or ([], [])
    random.shuffle(folders)
    for folder in folders:
        _folders, names = _asked(file_storage.listdir, f"{FOLDER}/{folder}") or ([], [])
        yield from (f"{FOLDER}/{folder}/{name}" for name in names if _OURS.fullmatch(name))


def _id_in(path: str) -> str:
    return path.rpartition("/")[2].partition("-")[0]


def _is_old(path: str) -> bool:
    modified = _asked(file_storage.get_modified_time, path)
    return modified is not None and modified < timezone.now() - OLD


def _asked(call: Callable[[*Ts], T], *args: *Ts) -> T | None:
    """What the storage says; None where it can't tell, or what was asked for is not there."""
    try:
        return call(*args)
    except (NotImplementedError, FileNotFoundError):
        return None
    except Exception as error:
        raise FilesRemain(
            f"The storage failed while it was searched for files without a row "
            f"({type(error).__name__})."
        ) from error
