"""An answer has a length: what is longer is cut, kept as far as it goes, and says so."""

from __future__ import annotations

from collections.abc import AsyncIterator

from django.utils.translation import gettext as _

from chatkit.errors import CustomStreamError
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)

from .. import conf


class AnswerTooLong(CustomStreamError):
    """`message` is a note under the answer, too: so a reload says the same."""

    def __init__(self) -> None:
        super().__init__(_("This answer was too long and was cut here."), allow_retry=True)


async def limit_length(
    stream: AsyncIterator[ThreadStreamEvent],
) -> AsyncIterator[ThreadStreamEvent]:
    """The same events until CHATKIT["ANSWER_LENGTH"] characters of text; then an error that its
    reader understands."""
    left = int(conf.get("ANSWER_LENGTH"))
    async for event in stream:
        if isinstance(event, ThreadItemUpdatedEvent):
            update = event.update
            if isinstance(update, AssistantMessageContentPartTextDelta):
                left -= len(update.delta)
                if left < 0:
                    cut = update.model_copy(update={"delta": update.delta[:left]})
                    yield event.model_copy(update={"update": cut})
                    raise AnswerTooLong
        elif isinstance(event, ThreadItemAddedEvent | ThreadItemDoneEvent) and isinstance(
            event.item, AssistantMessageItem
        ):
            length = sum(len(part.text) for part in event.item.content)
            if length > conf.get("ANSWER_LENGTH"):
                yield ThreadItemDoneEvent(item=_cut(event.item))
                raise AnswerTooLong
        yield event


def _cut(item: AssistantMessageItem) -> AssistantMessageItem:
    left = int(conf.get("ANSWER_LENGTH"))
    content = []
    for part in item.content:
        text = part.text[:left]
        fit = [mark for mark in part.annotations if (mark.index or 0) <= len(text)]
        content.append(part.model_copy(update={"text": text, "annotations": fit}))
        left -= len(text)
    return item.model_copy(update={"content": content})
