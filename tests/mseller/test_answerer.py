"""Who answers in `mseller`: the table, case by case."""

from __future__ import annotations

import pytest

from mseller.answerer import ASSISTANT, DEFAULT_WORKFLOW_ID, HELP_DESK, OPENAI, workflows

SERVER, KEY = "CHATKIT_WORKFLOW_SERVER", "OPENAI_API_KEY"
ID, ALIAS = "CHATKIT_WORKFLOW_ID", "NEXT_PUBLIC_CHATKIT_WORKFLOW_ID"
SEED = "wf_694bcfa27d008190bfea49d38cf488680c8fe335749752f0"

# Environment -> (workflow id, who answers).
CASES: list[tuple[dict[str, str], tuple[str, str]]] = [
    ({}, (SEED, HELP_DESK)),
    ({ID: "wf_1"}, ("wf_1", HELP_DESK)),
    ({ALIAS: "wf_2"}, ("wf_2", HELP_DESK)),
    ({ID: "wf_1", ALIAS: "wf_2"}, ("wf_1", HELP_DESK)),
    ({KEY: "sk"}, (SEED, ASSISTANT)),
    ({KEY: "sk", ID: "wf_1"}, ("wf_1", OPENAI)),
    ({KEY: "sk", ALIAS: "wf_2"}, ("wf_2", OPENAI)),
    ({KEY: "sk", ID: SEED}, (SEED, OPENAI)),
    ({SERVER: "shop.Server"}, (SEED, "shop.Server")),
    ({SERVER: "shop.Server", KEY: "sk"}, (SEED, "shop.Server")),
    ({SERVER: "shop.Server", KEY: "sk", ID: "wf_1"}, ("wf_1", "shop.Server")),
    ({SERVER: "openai"}, (SEED, OPENAI)),
    ({SERVER: "openai", KEY: "sk"}, (SEED, OPENAI)),
    ({SERVER: "", KEY: "", ID: "", ALIAS: ""}, (SEED, HELP_DESK)),
    ({KEY: "sk", ID: "", ALIAS: "wf_2"}, ("wf_2", OPENAI)),
    ({KEY: "sk", ID: "", ALIAS: ""}, (SEED, ASSISTANT)),
    ({SERVER: "", KEY: "sk", ID: "wf_1"}, ("wf_1", OPENAI)),
]


@pytest.mark.parametrize(("environ", "expected"), CASES)
def test_table(environ: dict[str, str], expected: tuple[str, str]) -> None:
    assert workflows(environ) == dict([expected])


def test_default_id() -> None:
    assert DEFAULT_WORKFLOW_ID == SEED
