"""A conversation's transcript: the admin's entries, and under each question what became of it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from chatkit.admin import reading, threads
from chatkit.models import Run, Thread, ThreadItem
from chatkit.transcripts import entries

from .quality.models import Review
from .strip import Strip, strips


@dataclass
class Line:
    """An item, or what became of a question."""

    entry: entries.Entry | None = None
    strip: Strip | None = None


def transcript(request: HttpRequest, thread: Thread, readable: bool) -> dict[str, Any]:
    """One page of it for the template, its text where the reader has opened it."""
    readable = readable and not thread.temporary
    opened = readable and reading.is_open(request, thread)
    page = threads.items_page(thread, request)
    items = list(page.object_list)
    made = [(entries.read if opened else entries.describe)(item) for item in items]
    threads.add_feedback(thread, made)
    runs = threads.runs_beside(thread, page, items)
    return {
        "lines": lines(items, made, runs),
        "items": page,
        "pages": list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "elided": Paginator.ELLIPSIS,
        "readable": readable,
        "temporary": thread.temporary,
        "opened": opened,
        "wanted_item": request.GET.get("item", ""),
    }


def lines(items: list[ThreadItem], made: list[entries.Entry], runs: list[Run]) -> list[Line]:
    """The entries, each run's strip under the last question before its end."""
    asked = [at for at, item in enumerate(items) if item.type == "user_message"]
    times = [items[at].created_at for at in asked]
    under: dict[int, list[Strip]] = {}
    found = strips(runs)
    for run_id, review in Review.objects.in_bulk(list(found)).items():
        found[run_id].review = review
    for run in runs:
        place = len(times) if run.ended_at is None else bisect_right(times, run.ended_at)
        under.setdefault(asked[place - 1] if place else -1, []).append(found[run.pk])
    made_lines = [Line(strip=strip) for strip in under.get(-1, [])]
    for at, entry in enumerate(made):
        made_lines.append(Line(entry))
        made_lines += [Line(strip=strip) for strip in under.get(at, [])]
    return made_lines
