"""The table of workflows."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit import workflows
from chatkit.exceptions import ApiError


@pytest.fixture(autouse=True)
def _table(settings: Any) -> None:
    settings.CHATKIT = {"WORKFLOWS": {"wf_b": "openai", "wf_a": "collections.OrderedDict"}}


def test_keeps_the_order_of_the_settings() -> None:
    assert list(workflows.table()) == ["wf_b", "wf_a"]


def test_default_is_the_first() -> None:
    default = workflows.default()
    assert default is not None
    assert default.id == "wf_b"


def test_default_of_an_empty_table(settings: Any) -> None:
    settings.CHATKIT = {}
    assert workflows.default() is None


def test_get() -> None:
    assert workflows.get("wf_a").answerer == "collections.OrderedDict"


@pytest.mark.parametrize("workflow_id", ["", "wf_c", "WF_A"])
def test_get_unknown(workflow_id: str) -> None:
    with pytest.raises(ApiError, match="unknown_workflow"):
        workflows.get(workflow_id)


def test_hosted() -> None:
    assert workflows.get("wf_b").hosted
    assert not workflows.get("wf_a").hosted


def test_server_class() -> None:
    from collections import OrderedDict

    found: Any = workflows.get("wf_a").server_class()
    assert found is OrderedDict


def test_server_class_of_a_hosted_workflow() -> None:
    with pytest.raises(ValueError, match="'wf_b' is answered by OpenAI"):
        workflows.get("wf_b").server_class()
