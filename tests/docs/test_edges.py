"""The pages that say what is held by which test: each row names tests, and they are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
EXPLAINED = ROOT / "docs" / "explanation"
PAGE = (EXPLAINED / "protocol-edges.md").read_text("utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ")]
EDGES = [row for row in ROWS if not row.startswith("| Edge |")]
SECURITY = (EXPLAINED / "security.md").read_text("utf-8")
PROMISES = [line for line in SECURITY.splitlines() if line.startswith("| **")]
NAMED = re.compile(
    r"`(tests/[\w/]+\.py(?=::test_\w+`)|chatkit/frontend/src/[\w/-]+\.test\.ts)::([^`]+)`"
)


@cache
def names_in(path: str) -> set[str]:
    source = (ROOT / path).read_text("utf-8")
    if path.endswith(".ts"):
        return set(re.findall(r'^ *test\("([^"]+)"', source, re.MULTILINE))
    tree = ast.parse(source)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize("row", EDGES, ids=lambda row: row[2:50])
def test_each_edge_has_a_decision_and_a_test(row: str) -> None:
    _edge, decision, held_by = cells(row)
    assert decision
    assert_held(held_by)


@pytest.mark.parametrize("row", PROMISES, ids=lambda row: row[2:50])
def test_each_promise_has_a_test(row: str) -> None:
    _promise, held_by = cells(row)
    assert_held(held_by)


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def assert_held(held_by: str) -> None:
    named = NAMED.findall(held_by)
    assert named
    assert re.sub(r"[`, ]", "", NAMED.sub("", held_by)) == "", "something else than tests"
    missing = [f"{path}::{name}" for path, name in named if name not in names_in(path)]
    assert missing == []


def test_the_pages_are_whole() -> None:
    assert len(EDGES) > 90
    assert len(PROMISES) >= 11
    assert PAGE.count("| Edge | What we do | Held by |") == PAGE.count("|---|---|---|")
