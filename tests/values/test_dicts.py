"""Which part of a setting that is a dict is wrong, as `manage.py check` says it."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit import conf

# Values with one wrong part -> how the sentence begins.
PARTS: list[tuple[str, dict[str, Any], str]] = [
    (
        "OPTIONS",
        {"shortcut": True},
        "['OPTIONS'] has no part 'shortcut'. Did you mean 'shortcuts'?",
    ),
    (
        "OPTIONS",
        {"history": {"showRenames": True}},
        "['OPTIONS']['history'] has no part 'showRenames'. Did you mean 'showRename'? It may have",
    ),
    ("OPTIONS", {"history": {"list": "below"}}, "['OPTIONS']['history']['list'] is 'below'. "),
    ("OPTIONS", {"theme": {}}, "['OPTIONS'] has no part 'theme'. The setting THEME has it."),
    (
        "OPTIONS",
        {"composer": {"dictation": {}}},
        "['OPTIONS']['composer'] has no part 'dictation'. The setting TRANSCRIBER says",
    ),
    (
        "WORKFLOWS",
        {"wf": {"server": "openai", "tool": []}},
        "['WORKFLOWS']['wf'] has no part 'tool'. Did you mean 'tools'? It may have server,",
    ),
    ("WORKFLOWS", {"wf": {"title": "x"}}, "['WORKFLOWS']['wf'] lacks 'server'. CHATKIT"),
    (
        "WORKFLOWS",
        {"wf": {"server": "openai", "limits": {"message": "often"}}},
        "['WORKFLOWS']['wf']['limits']['message'] is 'often'. CHATKIT['WORKFLOWS'] must be",
    ),
    (
        "WORKFLOWS",
        {"wf": {"server": "openai", "limits": {"download": "1/h"}}},
        "['WORKFLOWS']['wf']['limits'] has no part 'download'. It is of all workflows: RATE_LIMITS",
    ),
    (
        "WORKFLOWS",
        {"wf": {"server": "openai", "theme": {"colourScheme": "dark"}}},
        "['WORKFLOWS']['wf']['theme'] has no part 'colourScheme'. Did you mean 'colorScheme'?",
    ),
    (
        "WORKFLOWS",
        {"wf": {"server": "openai", "prompts": [{"label": "x", "promt": "x", "prompt": "x"}]}},
        "['WORKFLOWS']['wf']['prompts'][0] has no part 'promt'. Did you mean 'prompt'?",
    ),
    ("LAUNCHER", {"colour": "red"}, "['LAUNCHER'] has no part 'colour'. Did you mean 'color'?"),
    (
        "ATTACHMENTS",
        {"maxSize": 1},
        "['ATTACHMENTS'] has no part 'maxSize'. Did you mean 'max_size",
    ),
    ("RATE_LIMITS", {"messages": "1/m"}, "['RATE_LIMITS'] has no part 'messages'. Did you mean 'm"),
    (
        "VISITORS",
        {"message": "1/m"},
        "['VISITORS'] has no part 'message'. Did you mean 'messages'?",
    ),
    ("SHARING", {"seconds": 9, "reader": ""}, "['SHARING'] has no part 'reader'. Did you mean 'r"),
    ("PRICES", {"m": {"input": 1}}, "['PRICES']['m'] lacks 'output'. "),
    ("TRANSCRIBER", {"model": "m", "api_key": 5}, "['TRANSCRIBER']['api_key'] is (hidden). "),
    ("THEME", {"density": 1}, "['THEME']['density'] is 1. "),
]


@pytest.mark.parametrize(("name", "value", "begins"), PARTS)
def test_the_wrong_part_is_named(
    settings: Any, name: str, value: dict[str, Any], begins: str
) -> None:
    settings.CHATKIT = {name: value}
    (sentence,) = conf.wrong_values()
    assert sentence.startswith(f"CHATKIT{begins}")
