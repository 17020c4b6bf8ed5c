"""One conversation as a file in Markdown: what was asked as quotes, what was answered as it is."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..fields import local_time
from ..models import SPOKEN, Thread, ThreadItem, turns_of
from ..personal_data import Row, in_order, without_controls
from .entries import LABELS, Citation, citations_of
from .markdown import is_safe_url

IMAGE = "generated_image"


def as_markdown(thread: Thread) -> Iterator[str]:
    """The file in pieces; hidden items and the work behind an answer are not in it."""
    title = " ".join(without_controls(thread.title).split()) or _("Conversation")
    yield f"# {title}\n"
    items = ThreadItem.objects.shown().filter(thread=thread, type__in=(*SPOKEN, IMAGE))
    speaker = ""
    for item in in_order(items, ("type", "payload", "created_at")):
        for asked, said in _turns(item):
            text = without_controls(said)
            if not text:
                continue
            name = _("You") if asked else _("Assistant")
            if asked or name != speaker:
                yield f"\n**{name}** · {_when(item)}\n"
            speaker = name
            yield f"\n{_quoted(text) if asked else text}\n"
        if sources := list(citations_of(item["payload"])):
            yield "\n" + "".join(_source(*each) for each in enumerate(sources, start=1))


def _turns(item: Row) -> Iterator[tuple[bool, str]]:
    if item["type"] == IMAGE:
        return iter([(False, _image(item["payload"]))])
    return turns_of(item["type"], item["payload"])


def _image(payload: object) -> str:
    """By its address; one that is its own address is too long for a text."""
    image = payload.get("image") if isinstance(payload, dict) else None
    url = image.get("url") if isinstance(image, dict) else None
    if not isinstance(url, str):
        return ""
    linked = url.startswith(("http", "/")) and is_safe_url(url) and not set("<>\n ") & set(url)
    return f"![{LABELS[IMAGE]}](<{url}>)" if linked else f"*{LABELS[IMAGE]}*"


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
