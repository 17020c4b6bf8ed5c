"""One conversation as a file in Markdown: what was asked as quotes, what was answered as it is."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..fields import local_time
from ..models import Thread, ThreadItem, texts_of
from ..personal_data import Row, in_order, without_controls
from .entries import Citation, citations_of

TYPES = ("user_message", "assistant_message", "widget")


def as_markdown(thread: Thread) -> Iterator[str]:
    """The file in pieces; hidden items and the work behind an answer are not in it."""
    title = " ".join(without_controls(thread.title).split()) or _("Conversation")
    yield f"# {title}\n"
    items = ThreadItem.objects.shown().filter(thread=thread, type__in=TYPES)
    speaker = ""
    for item in in_order(items, ("type", "payload", "created_at")):
        text = "\n\n".join(map(without_controls, texts_of(item["type"], item["payload"]))).strip()
        if not text:
            continue
        asked = item["type"] == "user_message"
        name = _("You") if asked else _("Assistant")
        if asked or name != speaker:
            yield f"\n**{name}** · {_when(item)}\n"
        speaker = name
        yield f"\n{_quoted(text) if asked else text}\n"
        if sources := list(citations_of(item["payload"])):
            yield "\n" + "".join(_source(*each) for each in enumerate(sources, start=1))


def _when(item: Row) -> str:
    at = item["created_at"]
    return date_format(local_time(at), "DATETIME_FORMAT")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _source(number: int, source: Citation) -> str:
    url = source.url
    words = " ".join(without_controls(source.title).split())
    words = words.replace("[", "\\[").replace("]", "\\]")
    linked = url and not set("<>\n ") & set(url)
    return f"{number}. [{words}](<{url}>)\n" if linked else f"{number}. {words}\n"
