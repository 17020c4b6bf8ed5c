"""HelpDeskServer: answers from the site's help articles, without a model and a key.

Every sentence of an answer is quoted from an article. Where it is not sure what was meant, it asks
back with buttons; where no article answers, it says so, and its reader can tell the editors.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.urls import clear_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatkit.actions import Action
from chatkit.errors import CustomStreamError
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    CustomSummary,
    CustomTask,
    ProgressUpdateEvent,
    Task,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
    Workflow,
    WorkflowItem,
)

from ..knowledge import Findings, Section, knowledge_of
from ..knowledge.citing import cited_section, section_title
from ..knowledge.detection import detect
from ..knowledge.question import refers_back
from ..knowledge.search import MAX_QUESTION, MOST_BEFORE
from ..models import Run
from . import named, topics
from .attachments import documents
from .attachments.documents import Document
from .engine import DjangoChatKitServer, message_text
from .facts import fact_pieces, told_by
from .nearby import nearby
from .replies import Piece, article_source, outcome_of, reply_pieces, spoken
from .runs.context import ChatContext

# Seconds that the first answers wait for the vectors of the articles, where they were never made:
# better late than by the words alone.
PATIENCE = 10.0
RECENT = 20  # items of a conversation among which the earlier questions are


class HelpDeskServer(DjangoChatKitServer):
    """Answers with the best matching passages of the help articles, and cites them."""

    def prepare(self) -> None:
        knowledge_of(self.workflow_id).prepare()

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        question = message_text(input_user_message) if input_user_message else ""
        question = question[:MAX_QUESTION]
        # Not on the event loop: a search costs time, and a changed article much more.
        before: list[str] = []
        if await asyncio.to_thread(leans, question, context.session.workflow_id):
            before = await self._before(thread, input_user_message, context)
        facts = named.facts_in(input_user_message)
        known = list(fact_pieces(facts))
        files = await self._attached(thread, input_user_message, context)
        if files and (quotes := await self._quotes(question, files, context)):
            async for event in self._say(thread, [*known, *quotes], context):
                yield event
            return
        yield ProgressUpdateEvent(text=_("Looking in the help articles…"), icon="search")
        findings, pieces = await asyncio.to_thread(reply, question, context, before, files)
        outcome = outcome_of(question, findings)
        if facts:
            told = told_by(facts, input_user_message)
            outcome = Run.Outcome.ANSWERED if told else outcome
            pieces = [*known, *(pieces if findings.matches or not told else [])]
        if not files and outcome != Run.Outcome.ANSWERED:
            # What was attached earlier may answer what no article does.
            earlier = await documents.read(context, thread.id)
            if earlier and (quotes := await self._quotes(question, earlier, context)):
                async for event in self._say(thread, [*known, *quotes], context):
                    yield event
                return
        searched = {"query": question, "language": findings.language}
        cited = [cited_section(match.section, context.language) for match in findings.matches]
        context.report_outcome(outcome, searched=[searched], cited=cited)
        about = findings.matches[0].section if findings.matches else None
        if about is not None and about.language == findings.language:
            context.suggest_title(_title(about))
        if findings.matches:
            yield ThreadItemDoneEvent(item=self._looked(thread, findings, context))
        async for event in self._say(thread, pieces, context):
            yield event
        run_id = context.run_id if outcome == Run.Outcome.NOT_FOUND else ""
        if question and outcome != Run.Outcome.ANSWERED and (findings.nearest or run_id):
            with translation.override(spoken(findings.language)):
                item_id = self.store.generate_item_id("message", thread, context)
                card = topics.card(thread.id, item_id, findings.nearest, run_id)
            yield ThreadItemDoneEvent(item=card)

    async def follow_ups(self, question: str, answer: str, context: ChatContext) -> list[str]:
        """What is near by in the articles."""
        return await asyncio.to_thread(
            nearby, question[:MAX_QUESTION], context.language, context.workflow_id
        )

    def _looked(
        self, thread: ThreadMetadata, findings: Findings, context: ChatContext
    ) -> WorkflowItem:
        """What was looked for, folded above the answer."""
        count = len(findings.matches)
        with translation.override(spoken(findings.language)):
            found = ngettext("%(count)d found", "%(count)d found", count) % {"count": count}
            title = f"{_('Searched the help articles')} · {found}"
        tasks: list[Task] = [
            CustomTask(
                title=section_title(match.section), icon="document", status_indicator="complete"
            )
            for match in findings.matches
        ]
        summary = CustomSummary(title=title, icon="search")
        return WorkflowItem(
            id=self.store.generate_item_id("workflow", thread, context),
            thread_id=thread.id,
            created_at=datetime.datetime.now(),
            workflow=Workflow(type="custom", tasks=tasks, summary=summary),
        )

    def action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """ "Tell the editors". An override calls `super()` for other actions."""
        if action.type != topics.TELL_EDITORS or sender is None:
            return super().action(thread, action, sender, context)
        return self._tell(thread, action, sender, context)

    async def _tell(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        payload = action.payload if isinstance(action.payload, dict) else {}
        run_id = str(payload.get("run"))
        if not await context.database(topics.tell, context.session, thread.id, run_id):
            raise CustomStreamError(_("This button does nothing here."))
        yield ThreadItemReplacedEvent(item=topics.told(sender))

    async def _attached(
        self, thread: ThreadMetadata, message: UserMessageItem | None, context: ChatContext
    ) -> list[Document]:
        """What came with the question, with its words."""
        ids = [file.id for file in message.attachments] if message else []
        if not ids:
            return []
        return await documents.read(context, thread.id, ids)

    async def _quotes(
        self, question: str, files: list[Document], context: ChatContext
    ) -> list[Piece]:
        """What documents say on the question; empty where none of them answers."""
        pieces = await asyncio.to_thread(from_documents, question, files, context)
        if pieces:
            searched = [{"query": question, "language": context.language}] if question else []
            context.report_outcome(Run.Outcome.ANSWERED, searched=searched)
        return pieces

    async def _before(
        self, thread: ThreadMetadata, message: UserMessageItem | None, context: ChatContext
    ) -> list[str]:
        """What was asked earlier in this conversation, the latest last."""
        page = await self.store.load_thread_items(thread.id, None, RECENT, "desc", context)
        asked = [
            message_text(item)
            for item in page.data
            if isinstance(item, UserMessageItem) and (message is None or item.id != message.id)
        ]
        return asked[MOST_BEFORE - 1 :: -1]

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


def _title(section: Section) -> str:
    """The heading, which tells one conversation about an article from another; one of a single
    word says too little alone."""
    return section.heading if " " in section.heading else section_title(section)


def leans(question: str, workflow_id: str) -> bool:
    """Whether a question may need what was asked before it."""
    return refers_back(question) or knowledge_of(workflow_id).titled(question)


def reply(
    question: str,
    context: ChatContext,
    before: Sequence[str] = (),
    silent: Sequence[Document] = (),
) -> tuple[Findings, list[Piece]]:
    """What was found for a question, and all that is said of it, after a word on the documents
    that came with it and do not answer. On a thread of its own."""
    findings = search(question, context.language, before, context.session.workflow_id)
    with _speaking(spoken(findings.language), context):
        # Only the words are in the question's language: the links are for its reader.
        source_of = partial(article_source, reader=context.language)
        said = question or not silent
        pieces = list(reply_pieces(question, findings, source_of)) if said else []
        if not silent:
            return findings, pieces
        return findings, [Piece(documents.silence(silent) + ("\n\n" if pieces else "")), *pieces]


def from_documents(question: str, files: Sequence[Document], context: ChatContext) -> list[Piece]:
    """What documents say on a question, or how the first begins where nothing was asked; empty
    where they say nothing. On a thread of its own."""
    language = spoken(detect(question) or context.language)
    with _speaking(language, context):
        if question:
            return list(documents.quoted(documents.search(question, files), files))
        first = next((file for file in files if file.text), None)
        if first is None:
            return []
        lead = Piece(documents.begins(first) + "\n\n")
        return [lead, *documents.quoted(documents.beginning(first))]


@contextmanager
def _speaking(language: str, context: ChatContext) -> Iterator[None]:
    """In this language, with the addresses of the site as it is reached."""
    set_script_prefix(context.script_prefix)
    try:
        with translation.override(language):
            yield
    finally:
        clear_script_prefix()


def search(
    question: str, language: str, before: Sequence[str] = (), workflow_id: str = ""
) -> Findings:
    knowledge = knowledge_of(workflow_id)
    return knowledge.search(question, language=language, before=before, patience=PATIENCE)


def _update(item: AssistantMessageItem, update: ThreadItemUpdate) -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent(item_id=item.id, update=update)
