"""What is shown behind a link: what was said, and nothing of how the answers were made."""

from __future__ import annotations

from django.db.models import Q

from ..models import Share, ThreadItem
from ..threads.versions import branches_of, course
from ..transcripts import entries

SHOWN = ("user_message", "assistant_message", "widget", "structured_input")
# Of an entry: ids of what was named, states, and what is no text, as it is stored.
HIDDEN = {"named", "detail", "code"}


def _of_course(share: Share) -> Q:
    """The items of the course that was shown when the link was made, whichever is shown by now."""
    branches = branches_of(share.thread)
    if share.branch not in branches:
        return Q()  # it has had one course alone
    found = Q()
    for number, end in course(share.branch, branches):
        found |= Q(branch=number) if end is None else Q(branch=number, sequence__lte=end)
    return found


def entries_of(share: Share, after: str, most: int) -> tuple[list[entries.Entry], int | None]:
    """The entries behind the item `after`, and after which one the next page begins."""
    items = ThreadItem.objects.filter(
        _of_course(share), thread=share.thread_id, sequence__lte=share.until_sequence
    ).filter(type__in=SHOWN)
    if after.isascii() and after.isdecimal() and len(after) < 19:
        items = items.filter(sequence__gt=int(after))
    found = list(items.order_by("sequence")[: most + 1])
    shown = []
    for item in found[:most]:
        item.superseded = False  # it is what was shown
        entry = entries.read(item)
        entry.parts = [part for part in entry.parts if part.kind not in HIDDEN]
        if entry.parts:
            shown.append(entry)
    return shown, found[most - 1].sequence if len(found) > most else None
