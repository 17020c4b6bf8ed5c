"""What became of a question that a model answers: by its searches, its citations and its word."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from agents import (
    FunctionTool,
    FunctionToolResult,
    RunContextWrapper,
    RunHooks,
    Tool,
    ToolsToFinalOutputResult,
)
from openai.types.responses import ResponseOutputMessage

from chatkit.types import Annotation, AssistantMessageItem, ThreadItemDoneEvent, ThreadStreamEvent

from ...fields import JsonObject
from ...toolbox import Search, Source
from ..runs.context import ChatContext, work_of
from ..runs.outcomes import REPORTABLE

NAME = "report_outcome"
LONGEST_ARGUMENTS = 1_000  # characters
DESCRIPTION = (
    "Say what became of the user's question. Call it in the same turn as your final message, and "
    "only where that message is no plain answer: clarified if you ask back, not_found if you have "
    "no answer, refused if you decline, handed_over if a person will take over."
)


@dataclass
class Observed:
    """What is known of one answer while it is given."""

    context: ChatContext
    searched: bool = False
    found: bool = False  # a search found something, or another tool helped
    reported: bool = False  # the model has said what became of the question
    spoke: bool = False  # the model's latest response had a message for the user
    annotations: list[Annotation] = field(default_factory=list)

    def after_tool(self, searches: Iterable[Search], *, done: bool) -> None:
        """Add what a tool's call has searched; a call that is `done` and has searched nothing
        has helped in another way."""
        searches = list(searches)
        self.searched = self.searched or bool(searches)
        self.found = self.found or any(one.found for one in searches) or (done and not searches)
        if (run := work_of(self.context).run) is not None:
            run.report.add(
                searched=({"query": one.query, "language": one.language} for one in searches)
            )

    def see(self, event: ThreadStreamEvent) -> None:
        """Add what a finished message cites."""
        if isinstance(event, ThreadItemDoneEvent) and isinstance(event.item, AssistantMessageItem):
            for part in event.item.content:
                self.annotations += part.annotations

    def report(self, sources: list[Source]) -> None:
        """Put on the run what was cited and, unless the model has said it, the outcome."""
        run = work_of(self.context).run
        if run is None:
            return
        run.report.add(cited=cited_entries(self.annotations, sources))
        if self.reported or run.report.refused:
            return
        if self.searched and not self.found and not self.annotations:
            run.report.add("not_found")


def cited_entries(annotations: list[Annotation], sources: list[Source]) -> list[dict[str, str]]:
    """What the annotations cite, for the run's record. Of other things than help articles only
    the address, without its query: a title may hold somebody's name."""
    articles = {(one.title, one.url): one for one in sources if one.article}
    entries = []
    for annotation in annotations:
        source = annotation.source
        url = getattr(source, "url", "") or ""
        if article := articles.get((source.title, url)):
            entries.append(
                {
                    "article": article.article,
                    "section": article.section,
                    "language": article.language,
                    "url": article.url,
                }
            )
        elif url := _plain(url):
            entries.append({"url": url})
    return entries


def _plain(url: str) -> str:
    try:
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    except ValueError:
        return ""


def outcome_tool(current: Any) -> FunctionTool:
    """The tool by which a model says what became of the question. `current()` gives what is
    observed of the answer; outside of one the tool is not offered."""

    async def invoke(_context: object, arguments: str) -> str:
        observed: Observed | None = current()
        outcome = read_outcome(arguments)
        if not outcome:
            return f"Not noted: outcome must be one of {', '.join(REPORTABLE)}."
        if observed is not None:
            observed.context.report_outcome(outcome)
            observed.reported = True
        return "Noted."

    async def is_enabled(_context: object, _agent: object) -> bool:
        return current() is not None

    return FunctionTool(
        name=NAME,
        description=DESCRIPTION,
        params_json_schema=SCHEMA,
        on_invoke_tool=invoke,
        strict_json_schema=False,
        is_enabled=is_enabled,
    )


def with_outcome_tool(tools: list[Tool], current: Any) -> list[Tool]:
    """The tools and that one: not where there are none, since some models take no tools, and not
    where the site has one of that name."""
    if not tools or any(tool.name == NAME for tool in tools):
        return tools
    return [*tools, outcome_tool(current)]


SCHEMA: JsonObject = {
    "type": "object",
    "properties": {"outcome": {"type": "string", "enum": [str(one) for one in REPORTABLE]}},
    "required": ["outcome"],
    "additionalProperties": False,
}


def read_outcome(arguments: str) -> str:
    """The outcome that a model's arguments name; "" where they name none."""
    if len(arguments) > LONGEST_ARGUMENTS:
        return ""
    try:
        given = json.loads(arguments)
    except (ValueError, RecursionError):
        return ""
    outcome = given.get("outcome") if isinstance(given, dict) else None
    return outcome if isinstance(outcome, str) and outcome in REPORTABLE else ""


class Listening(RunHooks[Any]):
    """Sets whether the model's latest response had a message for the user."""

    def __init__(self, observed: Observed) -> None:
        self.observed = observed

    async def on_llm_end(self, context: Any, agent: Any, response: Any) -> None:
        self.observed.spoke = any(
            isinstance(item, ResponseOutputMessage)
            and any(getattr(part, "text", "").strip() for part in item.content)
            for item in response.output
        )


def ends_with_report(current: Any) -> Any:
    """An agent's `tool_use_behavior`: a response that has a message and calls only this tool is
    the end of the answer, so that the model need not be asked once more."""

    def behavior(
        _context: RunContextWrapper[Any], results: list[FunctionToolResult]
    ) -> ToolsToFinalOutputResult:
        observed: Observed | None = current()
        ends = observed is not None and observed.spoke and observed.reported
        alone = all(result.tool.name == NAME for result in results)
        return ToolsToFinalOutputResult(is_final_output=ends and alone, final_output="")

    return behavior
