"""Tools: what an assistant may do on this site, as functions that any app declares.

# myapp/chatkit_tools.py
from chatkit.toolbox import tool

@tool(permission="shop.view_order")
def order_status(ctx, number: int) -> str:
    \"\"\"Where an order is now. (The model reads this line.)\"\"\"
    return Order.objects.get(number=number, customer=ctx.user).get_status_display()

Needs no SDK. The `chatkit_tools` modules are imported when the first assistant is built.
"""

from __future__ import annotations

import inspect
import logging
import math
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import workflows
from .fields import JsonObject
from .models import Session

logger = logging.getLogger("chatkit.tools")

F = TypeVar("F", bound=Callable[..., object])
NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,63}", re.ASCII)
MODULE = "chatkit_tools"
# Names of arguments whose values are kept out of records and cards.
SECRET = re.compile(
    r"pass(word|wd|phrase|code)?|secret|token|api_?key|credential|authori[sz]ation|cvv|cvc"
    r"|card_?number|iban|\bpin\b|(^|_)pin($|_)|ssn",
    re.IGNORECASE,
)
MASK = "••••"
LONGEST_VALUE = 300  # characters of one text in a record
DEEPEST = 20  # levels of what is in one another


class ToolError(Exception):
    """Why the tool failed, in a sentence that the model and the user may read."""


@dataclass(frozen=True)
class Source:
    """Something that an answer may cite. Of a help article also its slug, section and language."""

    title: str
    url: str = ""
    article: str = ""
    section: str = ""
    language: str = ""


@dataclass(frozen=True)
class Search:
    """A search that a tool has made."""

    query: str
    found: bool
    language: str = ""


@dataclass
class ToolContext:
    """What a tool gets beside its arguments. It acts with the rights of `user`.

    `language` is a code such as "es", active while a plain function runs. `sources` are those
    cited so far in this answer, `searches` those that this call has made.
    """

    user: Any
    session: Session
    thread_id: str
    language: str
    sources: list[Source] = field(default_factory=list)
    searches: list[Search] = field(default_factory=list)
    summary: str = ""
    tell: Callable[[str], None] | None = field(default=None, repr=False)

    def progress(self, text: str) -> None:
        """Say what the tool is at now, such as "Reading the order…". Shown until it says another
        thing, or has returned."""
        if self.tell is not None:
            self.tell(str(text))

    def result(self, text: str) -> None:
        """What came of it in a word or two, such as "2 orders": it stands behind the tool's `done`
        above the answer."""
        self.summary = str(text)

    def found(self, count: int) -> None:
        """The same for a search: "2 found", in the person's language."""
        words = ngettext("%(count)d found", "%(count)d found", count) if count else ""
        self.result(words % {"count": count} if words else _("nothing found"))

    def searched(self, query: str, *, found: bool, language: str = "") -> None:
        """Put a search on the run's record. An answer for which all searches found nothing counts
        as `not_found`, unless another tool helped or the model says otherwise."""
        self.searches.append(Search(query, found, language))

    def cite(
        self, title: str, url: str = "", *, article: str = "", section: str = "", language: str = ""
    ) -> int:
        """The number by which the model cites this source, as in "[1]"."""
        source = Source(title, url, article, section, language)
        if source not in self.sources:
            self.sources.append(source)
        return self.sources.index(source) + 1


@dataclass(frozen=True)
class Tool:
    """A tool as declared. `confirm` may be a function that describes it: `(ctx, …) -> str`."""

    name: str
    function: Callable[..., object]
    description: str
    permissions: tuple[str, ...] = ()
    visitors: bool = False
    confirm: bool | Callable[..., object] = False
    title: str | Promise = ""
    secrets: frozenset[str] = frozenset()
    timeout: float = 30.0
    progress: str | Promise = ""
    done: str | Promise = ""

    @property
    def label(self) -> str:
        """The tool's title for people."""
        return str(self.title) or capfirst(self.name.replace("_", " "))

    @property
    def said_before(self) -> str:
        """What people read while it runs."""
        return str(self.progress) or f"{self.label}…"

    @property
    def said_after(self) -> str:
        """What they read afterwards."""
        return str(self.done) or self.label

    def mask(self, arguments: Mapping[str, object]) -> JsonObject:
        """The arguments for a record: secrets hidden, long texts cut, all of it JSON that
        every database takes."""
        return {
            _text(name): MASK if name in self.secrets or SECRET.search(name) else _masked(value)
            for name, value in arguments.items()
        }


def _masked(value: object, depth: int = 1) -> object:
    if depth > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {
            _text(key): MASK if SECRET.search(str(key)) else _masked(entry, depth + 1)
            for key, entry in value.items()
        }
    if isinstance(value, list | tuple | set):
        return [_masked(entry, depth + 1) for entry in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _text(value)


def _text(value: object) -> str:
    """Cut to a record's length, without NUL and halves of characters."""
    text = str(value).replace("\x00", "").encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


_registry: dict[str, Tool] = {}
_discovering = threading.RLock()
_discovered: set[str] = set()
_missed: set[tuple[str, str]] = set()  # who lists a tool, and its name: told already


@overload
def tool(function: F) -> F: ...


@overload
def tool(
    *,
    name: str = "",
    permission: str | Iterable[str] = (),
    visitors: bool = False,
    confirm: bool | Callable[..., object] = False,
    title: str | Promise = "",
    secrets: Iterable[str] = (),
    timeout: float = 30.0,
    progress: str | Promise = "",
    done: str | Promise = "",
) -> Callable[[F], F]: ...


def tool(function: Any = None, **details: Any) -> Any:
    """Offer a function to the assistants of this site; it stays callable as it is.

    Its first argument is a ToolContext; the others' annotations are the schema that the model
    sees, `Annotated[int, "What it is."]` describes one; the docstring says what the tool does.
    Plain functions run on the assistants' workers, of which a process has four; slow calls to
    other servers belong in an `async def`. A text is returned to the model as it is, other values
    as JSON; ToolError tells it why the call failed.

    permission  Django permissions the user needs; without them the tool is not even offered
    visitors    whether people without a login may have it called, too: then `ctx.user` may be a
                `chatkit.models.Visitor`, which has no permission
    confirm     ask before it is run: True, or `(ctx, …) -> str` that says what will happen.
                The tool's answer is then shown to the user as it is
    title       what people call it; secrets  arguments never to be recorded
    timeout     seconds
    progress    what people read while it runs ("Looking up orders…"), and `done` afterwards
                ("Looked up orders"), behind which `ctx.result` puts what came of it; else the title
    """
    if function is not None:
        return _register(function, **details)
    return lambda given: _register(given, **details)


def _register(
    function: F,
    *,
    name: str = "",
    permission: str | Iterable[str] = (),
    visitors: bool = False,
    confirm: bool | Callable[..., object] = False,
    title: str | Promise = "",
    secrets: Iterable[str] = (),
    timeout: float = 30.0,
    progress: str | Promise = "",
    done: str | Promise = "",
) -> F:
    name = name or function.__name__
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} can't be a tool's name: letters, digits and _, up to 64.")
    permissions = permissions_of(permission)
    wrong = [entry for entry in permissions if entry.count(".") != 1]
    if wrong:
        raise ValueError(f"The tool {name!r} wants {wrong[0]!r}, not a permission app.codename.")
    if not inspect.getdoc(function):
        raise ValueError(f"The tool {name!r} has no docstring to tell the model what it does.")
    if not inspect.signature(function).parameters:
        raise ValueError(f"The tool {name!r} takes no context: its first argument is one.")
    there = _registry.get(name)
    if there is not None and place(there.function) != place(function):
        raise ValueError(f"Two tools are named {name!r}: {place(there.function)} is the other.")
    _registry[name] = Tool(
        name=name,
        function=function,
        description=inspect.getdoc(function) or "",
        permissions=permissions,
        visitors=visitors,
        confirm=confirm,
        title=title,
        secrets=frozenset(secrets),
        timeout=timeout,
        progress=progress,
        done=done,
    )
    return function


def permissions_of(permission: str | Iterable[str]) -> tuple[str, ...]:
    """One permission or several, as a declaration may have them."""
    return (permission,) if isinstance(permission, str) else tuple(permission)


def place(declared: Callable[..., object]) -> str:
    """Where a function or a class stands: module and name."""
    return f"{declared.__module__}.{declared.__qualname__}"


def discover(module: str) -> None:
    """Import the modules of this name in the installed apps, the first time."""
    with _discovering:
        if module not in _discovered:
            autodiscover_modules(module)
            _discovered.add(module)


def all_tools() -> dict[str, Tool]:
    """Every tool of the installed apps by name. Imports their `chatkit_tools` the first time."""
    discover(MODULE)
    return dict(_registry)


def tools_of(workflow_id: str) -> dict[str, Tool]:
    """The tools that the assistant of a workflow may use, by name: all, or those that the
    workflow's entry in the settings lists."""
    workflow = workflows.table().get(workflow_id)
    names = workflow.tools if workflow else None
    known = all_tools()
    if names is None:
        return known
    tell_missing(f"The workflow {workflow_id!r}", names)
    return {name: tool for name, tool in known.items() if name in names}


def tell_missing(who: str, names: Iterable[str]) -> None:
    """Log, once each, the names of tools that no app declares: an answer does without those."""
    for name in sorted(set(names) - all_tools().keys()):
        if (who, name) not in _missed:
            _missed.add((who, name))
            logger.warning(
                "%s lists the tool %r, which no app declares: its answers do without it.", who, name
            )
