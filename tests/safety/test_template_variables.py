"""Sites that have Django name what a template lacks (`string_if_invalid`): ours lack nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chatkit.testing import Chat

from . import walk, world
from .addresses import ADDRESSES
from .test_addresses import ask, values_of

MARK = "no-such-variable:"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_our_pages_use_only_what_there_is(settings: Any, workflow_id: str) -> None:
    (engine,) = settings.TEMPLATES
    options = {**engine["OPTIONS"], "string_if_invalid": f"{MARK}%s"}
    settings.TEMPLATES = [{**engine, "OPTIONS": options}]
    site = world.build(workflow_id)
    Chat(site.people["root"].client).ask("How do I record a payment?")
    found = set()
    for route in ADDRESSES:
        if route.startswith("apps/chatkit/"):
            path = walk.path_of(route, values_of(route, site))
            for person in site.people.values():
                text = world.body_of(ask(person, "GET", route, path)).decode()
                found |= {(route, name) for name in re.findall(MARK + r"([\w.]*)", text)}
    assert sorted(found) == []
