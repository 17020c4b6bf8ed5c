"""Reads code for what ends at OpenAI, and for what of OpenAI's SDK works otherwise here. It imports
nothing of it: Python is parsed, other files are searched for what stands in quotes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from . import dates

# Kinds of what is found.
PROMPT, MODEL, WORKFLOW, EVALS, SESSIONS = "prompt", "model", "workflow", "evals", "sessions"
BASE, PROCESS, STORE, FILES, CONTEXT = "base", "process", "store", "files", "context"

PYTHON = ".py"
SCRIPTS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".html")
OTHERS = (*SCRIPTS, ".json", ".yaml", ".yml", ".toml", ".env")
ENV = ".env"  # and .env.local, .env.production
LEFT_OUT = {"node_modules", "__pycache__", "site-packages", "dist", "build"}
LARGEST = 2_000_000  # bytes of a file
PROMPT_ID = re.compile(r"\bpmpt_[0-9A-Za-z]{4,}")
WORKFLOW_ID = re.compile(r"\bwf_[0-9a-f]{16,}\b")
# What the export writes for OpenAI's traces: it names where the code is from, and calls nothing.
TRACED = re.compile(r"\{[^{}]*__trace_source__[^{}]*\}")
TRACED_ID = re.compile(r"""(\bworkflow_id["']?\s*:\s*["'])wf_[0-9a-f]+""")
QUOTED = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1""")
BEHIND = re.compile(r"[=:]\s*")
COMMENT = re.compile(r"(^|\s)#.*")
IN_LIST = re.compile(r"[\[\]{},]|^\s*-\s")
CALLS = {"/chatkit/sessions": SESSIONS, "/v1/prompts": PROMPT, "/v1/evals": EVALS}
SDK = ("chatkit.server", "chatkit.store")
OWN_BASES = {"ChatKitServer": BASE, "Store": STORE, "AttachmentStore": FILES}


@dataclass(frozen=True, order=True)
class Found:
    path: Path
    line: int
    kind: str
    name: str = ""


def read(paths: list[Path]) -> list[Found]:
    """What is found in these files, and in the folders of these."""
    found = {one for path in paths for file in _files(path) for one in _read_file(file)}
    return sorted(found)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in sorted(path.rglob("*")):
        parts = file.relative_to(path).parts
        env = file.name == ENV or file.name.startswith(f"{ENV}.")
        hidden = any(part.startswith(".") for part in (parts[:-1] if env else parts))
        known = env or file.suffix in (PYTHON, *OTHERS)
        if file.is_file() and known and not hidden and LEFT_OUT.isdisjoint(parts):
            yield file


def _read_file(path: Path) -> Iterator[Found]:
    try:
        if path.stat().st_size > LARGEST:
            return
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    text = TRACED.sub(lambda found: TRACED_ID.sub(r"\1", found[0]), text)
    if path.suffix == PYTHON:
        try:
            yield from _Python(path).read(ast.parse(text))
            return
        except (SyntaxError, ValueError, RecursionError):
            pass  # searched like any other
    has_code = path.suffix in (PYTHON, *SCRIPTS)
    for number, line in enumerate(text.splitlines(), 1):
        values = [match[2] for match in QUOTED.finditer(line)]
        values += _behind(line) if has_code else _without_quotes(line)
        for value in values:
            yield from (Found(path, number, *one) for one in _of_text(value))


def _behind(text: str) -> list[str]:
    """What stands behind the first `=` or `:`, as `model: gpt-4o,` has no quotes."""
    return [value.strip().rstrip(",") for value in BEHIND.split(text, maxsplit=1)[1:]]


def _without_quotes(line: str) -> Iterator[str]:
    """The values of `MODEL=gpt-4o  # note`, `model: gpt-4o`, `- gpt-4o` and `models: [gpt-4o, o3]`,
    as settings have them that are no code."""
    for part in IN_LIST.split(COMMENT.sub("", QUOTED.sub("", line))):
        # The whole, too: in a list `openai:gpt-4o` is no key with a value.
        yield part.strip()
        yield from _behind(part)


def _of_text(text: str) -> Iterator[tuple[str, str]]:
    for found in PROMPT_ID.findall(text):
        yield PROMPT, found
    for found in WORKFLOW_ID.findall(text):
        yield WORKFLOW, found
    for part, kind in CALLS.items():
        if part in text:
            yield kind, part
    if dates.end_of(text) is not None:
        yield MODEL, text


class _Python:
    """One module. Names of the SDK count by where they were imported from."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sdk: dict[str, str] = {}  # a name here -> the name there

    def read(self, tree: ast.Module) -> Iterator[Found]:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in SDK:
                self.sdk |= {name.asname or name.name: name.name for name in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for kind, name in _of_text(node.value):
                    yield self._found(node, kind, name)
            elif isinstance(node, ast.Attribute):
                yield from self._attribute(node)
            elif isinstance(node, ast.ClassDef):
                yield from self._class(node)

    def _found(self, node: ast.expr | ast.stmt, kind: str, name: str = "") -> Found:
        return Found(self.path, node.lineno, kind, name)

    def _attribute(self, node: ast.Attribute) -> Iterator[Found]:
        chain = _chain(node)
        if chain[-2:] == ["chatkit", "sessions"] and "beta" in chain:
            yield self._found(node, SESSIONS, "beta.chatkit.sessions")
        elif chain[-1:] == ["evals"] and len(chain) > 1 and "client" in chain[-2].lower():
            yield self._found(node, EVALS, "evals")

    def _class(self, node: ast.ClassDef) -> Iterator[Found]:
        bases = [_base(base) for base in node.bases]
        for base in bases:
            if (kind := OWN_BASES.get(self.sdk.get(base, ""))) is not None:
                yield self._found(node, kind, node.name)
        if not any(base.endswith(("ChatKitServer", "AssistantServer")) for base in bases):
            return
        for part in node.body:
            if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if part.name == "process":
                yield self._found(part, PROCESS, node.name)
            for inner in ast.walk(part):
                if isinstance(inner, ast.Subscript) and _chain(inner.value) == ["context"]:
                    yield self._found(inner, CONTEXT, node.name)


def _chain(node: ast.expr) -> list[str]:
    """`client.beta.chatkit` as its names; [] for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else []


def _base(node: ast.expr) -> str:
    node = node.value if isinstance(node, ast.Subscript) else node
    return (_chain(node) or [""])[-1]


# -- the code that the settings name -----------------------------------------------------


def of_servers(dotted: list[str]) -> list[Path]:
    """The files of these server classes, and of the agents and workflows that they name."""
    files: dict[Path, None] = {}
    waiting = [path.rpartition(".")[0] for path in dotted]
    while waiting:
        file = _file_of(waiting.pop())
        if file is not None and file not in files:
            files[file] = None
            waiting += _named_in(file)
    return list(files)


def _file_of(module: str) -> Path | None:
    try:
        spec = find_spec(module) if module else None
    except Exception:  # the package around it may fail in any way
        return None
    origin = spec.origin if spec is not None else None
    return Path(origin) if origin and origin.endswith(PYTHON) else None


def _named_in(file: Path) -> list[str]:
    """The modules of `agent = "shop.agents:support"` and `workflow = "…"`."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8", errors="replace"))
    except (OSError, SyntaxError, ValueError):
        return []
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
            continue
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        value = node.value.value
        if names & {"agent", "workflow"} and isinstance(value, str):
            found.append(value.partition(":")[0] if ":" in value else value.rpartition(".")[0])
    return found
