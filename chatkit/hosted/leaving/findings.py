"""What of a site breaks when OpenAI ends something, and what to do about each."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError
from django.db.models import Count, Max

from ... import conf, workflows
from .. import documented, sunset
from ..records import begun_at_openai
from . import code, dates

PAGE = sunset.PAGE
OURS = "chatkit."


@dataclass(frozen=True)
class Finding:
    """`date` is when it ends; None for what works otherwise here, whatever the day."""

    date: datetime.date | None
    subject: str
    where: str
    do: str

    def ended(self, today: datetime.date) -> bool:
        return self.date is not None and today > self.date

    def what(self, today: datetime.date) -> str:
        if self.date is None:
            return self.subject
        verb = "ended" if self.ended(today) else "ends"
        return f"{self.subject} {verb} on {self.date.isoformat()}."


def findings(paths: list[Path], root: Path | None = None) -> list[Finding]:
    """All of them, what ends first before the rest. `paths` are files and folders of code beside
    that of the server classes in the settings; places are told from `root` on."""
    sound = conf.BY_NAME["WORKFLOWS"].accepts(conf.get("WORKFLOWS"))
    table = list(workflows.table().values()) if sound else []
    own = [
        each.answerer
        for each in table
        if not (each.hosted or each.names_agent or each.answerer.startswith(OURS))
    ]
    found = [*_hosted(table), *_settings(table), *_records()]
    here = {each.id for each in table if not each.hosted}
    found += [
        _of_code(one, root)
        for one in code.read([*code.of_servers(own), *paths])
        if not (one.kind == code.WORKFLOW and one.name in here)  # it is answered here already
    ]
    return sorted(found, key=lambda one: (one.date or datetime.date.max, one.subject, one.where))


def _hosted(table: list[workflows.Workflow]) -> Iterator[Finding]:
    for workflow in table:
        if workflow.hosted:
            yield Finding(
                dates.AGENT_BUILDER,
                f"Agent Builder, on which the workflow {workflow.id} runs,",
                "CHATKIT['WORKFLOWS']",
                'Let an agent at OpenAI ("openai-agent:ID"), your exported code, or the help desk '
                f"answer: {PAGE}.",
            )


def _settings(table: list[workflows.Workflow]) -> Iterator[Finding]:
    model = conf.get("MODEL")
    if isinstance(model, str) and (day := dates.end_of(model)):
        yield _model(day, model, "CHATKIT['MODEL']")
    given = conf.get("TRANSCRIBER")
    spoken = given.get("model", "") if isinstance(given, dict) else ""
    if isinstance(spoken, str) and (day := dates.end_of(spoken)):
        yield _model(day, spoken, "CHATKIT['TRANSCRIBER']")


def _model(day: datetime.date, model: str, where: str) -> Finding:
    return Finding(
        day,
        f"The model {model}",
        where,
        f"Name its successor, and try your questions with it: {dates.SOURCE}.",
    )


def _records() -> Iterator[Finding]:
    """Workflows that people have used at OpenAI since their conversations there were last read."""
    unread = begun_at_openai().filter(imported_at=None)
    by_workflow = unread.values("workflow_id").annotate(
        people=Count("user", distinct=True), last=Max("created_at")
    )
    try:
        rows = list(by_workflow.order_by("workflow_id"))
    except DatabaseError as error:  # what settings and code tell is worth knowing all the same
        why = str(error).partition("\n")[0] or type(error).__name__
        yield Finding(
            None,
            f"Who used hosted workflows can't be read ({why}).",
            "session records",
            "Run manage.py migrate on the database of this site, then this command again.",
        )
        return
    for row in rows:
        people = "1 person has" if row["people"] == 1 else f"{row['people']} people have"
        yield Finding(
            dates.AGENT_BUILDER,
            f"Agent Builder, where {people} used {row['workflow_id']} (last on "
            f"{row['last'].date()}) since an import read all conversations of theirs,",
            "session records",
            f"Run {sunset.COMMAND}, and once more after the change.",
        )


_SUBJECTS: dict[str, tuple[datetime.date | None, str, str]] = {
    code.PROMPT: (
        dates.PROMPTS,
        "The API of prompts kept at OpenAI, by which {name} is read,",
        "Put the prompt's text into the agent's instructions.",
    ),
    code.EVALS: (
        dates.EVALS,
        "OpenAI's Evals API ({name})",
        "Ask the same questions by chatkit.contrib.console (Quality), or by another tool.",
    ),
    code.WORKFLOW: (
        dates.AGENT_BUILDER,
        "Agent Builder, of which {name} is a workflow,",
        "Pages may go on naming the id: CHATKIT['WORKFLOWS'] says who answers it.",
    ),
    code.SESSIONS: (
        dates.AGENT_BUILDER,
        "Agent Builder, for whose workflows code of yours starts sessions ({name}),",
        "Let the page call /api/chatkit/session of this site instead.",
    ),
    code.BASE: (
        None,
        "{name} is a ChatKitServer of OpenAI's SDK, which this site can't run as it is.",
        f"Take the base from chatkit.selfhosted.engine: {documented.FROM_THE_SDK}.",
    ),
    code.PROCESS: (
        None,
        "{name}.process is never called here: requests are parsed by this site's endpoint.",
        "Move what it does into respond, or into a middleware.",
    ),
    code.STORE: (
        None,
        "{name} is a store of its own: the admin, export and deletion see nothing of it.",
        "Leave it out: conversations are kept in Django's database.",
    ),
    code.FILES: (
        None,
        "{name} is an attachment store of its own: its files are not checked or deleted here.",
        "Leave it out: files are kept in Django's storages.",
    ),
    code.CONTEXT: (
        None,
        "{name} reads its context as a dict.",
        "It is a ChatContext here: context.user, .language, .workflow_id, .headers.",
    ),
}


def _of_code(found: code.Found, root: Path | None) -> Finding:
    path = found.path
    if root is not None and path.is_relative_to(root):
        path = path.relative_to(root)
    where = f"{path}:{found.line}"
    if found.kind == code.MODEL:
        day = dates.end_of(found.name)
        assert day is not None
        return _model(day, found.name, where)
    day, subject, do = _SUBJECTS[found.kind]
    return Finding(day, subject.format(name=found.name), where, do)
