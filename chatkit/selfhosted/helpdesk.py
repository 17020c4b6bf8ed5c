"""HelpDeskServer: answers from the site's help articles, without a model and a key.

Every sentence of an answer is quoted from an article. Where no article answers, it says so and
offers the nearest topics as buttons.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from django.urls import clear_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.translation import gettext as _

from chatkit.actions import ActionConfig
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    URLSource,
    UserMessageItem,
    WidgetItem,
)
from chatkit.widgets import DynamicWidgetRoot

from ..knowledge import Article, Findings, Match, get_knowledge
from ..knowledge.articles import is_item
from ..knowledge.citing import cited_section, section_title, section_url
from ..knowledge.language import name as language_name
from ..knowledge.language import names_no_topic
from ..knowledge.library import MAX_QUESTION
from .engine import ASK, DjangoChatKitServer, message_text
from .runs.context import ChatContext


@dataclass(frozen=True)
class Piece:
    """A text that is streamed in one event; `source` is cited behind it."""

    text: str
    source: URLSource | None = None


class HelpDeskServer(DjangoChatKitServer):
    """Answers with the best matching passages of the help articles, and cites them."""

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        question = message_text(input_user_message) if input_user_message else ""
        question = question[:MAX_QUESTION]
        # Not on the event loop: a search costs time, and a changed article much more.
        findings, pieces = await asyncio.to_thread(reply, question, context)
        outcome = outcome_of(question, findings)
        searched = {"query": question, "language": findings.language}
        cited = [cited_section(match.section) for match in findings.matches]
        context.report_outcome(outcome, searched=[searched], cited=cited)
        async for event in self._say(thread, pieces, context):
            yield event
        if not findings.matches and findings.nearest:
            yield ThreadItemDoneEvent(item=self._topics(thread, findings.nearest, context))

    async def _say(
        self, thread: ThreadMetadata, pieces: list[Piece], context: ChatContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Stream pieces of text, with a citation where one source's passage ends."""
        item = AssistantMessageItem(
            id=self.store.generate_item_id("message", thread, context),
            thread_id=thread.id,
            created_at=datetime.datetime.now(),
            content=[],
        )
        yield ThreadItemAddedEvent(item=item)
        content = AssistantMessageContent(text="", annotations=[])
        yield _update(item, AssistantMessageContentPartAdded(content_index=0, content=content))
        text, annotations = "", list[Annotation]()
        for piece in pieces:
            text += piece.text
            delta = AssistantMessageContentPartTextDelta(content_index=0, delta=piece.text)
            yield _update(item, delta)
            if piece.source is not None:
                annotation = Annotation(source=piece.source, index=len(text))
                yield _update(
                    item,
                    AssistantMessageContentPartAnnotationAdded(
                        content_index=0,
                        annotation_index=len(annotations),
                        annotation=annotation,
                    ),
                )
                annotations.append(annotation)
            await asyncio.sleep(0)  # let this sentence be sent, and other answers go on
        content = AssistantMessageContent(text=text, annotations=annotations)
        yield _update(item, AssistantMessageContentPartDone(content_index=0, content=content))
        yield ThreadItemDoneEvent(item=item.model_copy(update={"content": [content]}))

    def _topics(
        self, thread: ThreadMetadata, articles: tuple[Article, ...], context: ChatContext
    ) -> WidgetItem:
        """A card with one button for each article, which asks about it."""
        buttons = [
            {
                "type": "Button",
                "label": article.title,
                "variant": "outline",
                "onClickAction": ActionConfig(
                    type=ASK, payload={"text": article.title}
                ).model_dump(),
            }
            for article in articles
        ]
        return WidgetItem(
            id=self.store.generate_item_id("message", thread, context),
            thread_id=thread.id,
            created_at=datetime.datetime.now(),
            widget=DynamicWidgetRoot.model_validate(
                {"type": "Card", "size": "sm", "children": [*buttons]}
            ),
            copy_text="\n".join(article.title for article in articles),
        )


def reply(question: str, context: ChatContext) -> tuple[Findings, list[Piece]]:
    """What was found for a question, and all that is said of it. On a thread of its own."""
    findings = search(question, context.language)
    set_script_prefix(context.script_prefix)  # for the addresses of articles
    try:
        with translation.override(findings.language):
            return findings, list(reply_pieces(question, findings))
    finally:
        clear_script_prefix()


def search(question: str, language: str) -> Findings:
    return get_knowledge().search(question, language=language)


def outcome_of(question: str, findings: Findings) -> str:
    """How an answer from these findings ends; a greeting is met with topics."""
    if findings.matches:
        return "answered"
    return "clarified" if offers_topics(question, findings) else "not_found"


def offers_topics(question: str, findings: Findings) -> bool:
    """Whether the question names no topic, and some are offered."""
    return bool(findings.nearest) and names_no_topic(question, findings.language)


def decline(question: str, findings: Findings) -> str:
    """The fixed sentence for what the articles don't cover, or for a greeting."""
    if offers_topics(question, findings):
        return _("I answer from the help articles. Choose a topic, or ask in your own words:")
    if findings.nearest:
        return _("The help articles don’t answer that. Maybe one of these topics helps:")
    return _("The help articles don’t answer that.")


def reply_pieces(question: str, findings: Findings) -> Iterator[Piece]:
    """The whole reply: the passages, behind a line that names their language where it is not
    the reader's; or a fixed sentence."""
    if not findings.matches:
        yield Piece(decline(question, findings))
        return
    written = findings.matches[0].section.language
    if written != findings.language:
        words = _("The help articles about this are in %(language)s:")
        yield Piece(words % {"language": language_name(written)} + "\n\n")
    yield from answer_pieces(findings.matches)


def answer_pieces(matches: tuple[Match, ...]) -> Iterator[Piece]:
    """The matches' sentences, one by one; each passage ends with its source."""
    for number, match in enumerate(matches):
        if number:
            lists = is_item(matches[number - 1].sentences[-1]) and is_item(match.sentences[0])
            yield Piece("\n\n---\n\n" if lists else "\n\n")  # otherwise the two lists would be one
        last = len(match.sentences) - 1
        source = _source(match)
        for position, sentence in enumerate(match.sentences):
            before = ""
            if position:
                # A list item begins a line; so does what follows a list.
                listed = is_item(sentence), is_item(match.sentences[position - 1])
                before = "\n" if all(listed) else "\n\n" if any(listed) else " "
            yield Piece(before + sentence, source if position == last else None)


def _source(match: Match) -> URLSource:
    return URLSource(title=section_title(match.section), url=section_url(match.section))


def _update(item: AssistantMessageItem, update: ThreadItemUpdate) -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent(item_id=item.id, update=update)
