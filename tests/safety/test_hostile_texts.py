"""Hostile texts as message, title, argument and label: shown, exported and logged as text alone."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.urls import reverse

from chatkit.models import Session, Thread, ToolCall
from mseller import logs

from ..selfhosted.protocol import Caller, add, ask, create, thread_id_of
from . import world
from .hostile import SURROGATES, TEXTS
from .world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Elements and attributes of the texts above, as a browser would obey them.
MARKUP = re.compile(
    rb"<script>alert|<style>\*|<svg/onload|<img src=x|<vbscript|"
    rb"""href=["']?\s*(javascript|data|vbscript):""",
    re.IGNORECASE,
)


@pytest.fixture
def site(transactional_db: None, settings: Any, workflow_id: str) -> World:
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {workflow_id: "tests.safety.servers.OpenServer"},
    }
    return world.build(workflow_id)


def page(site: World, name: str, row: Any) -> str:
    return reverse(f"admin:chatkit_{name}", args=[quote(row.pk)])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_is_text_wherever_it_stands(
    text: str, site: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    owner = Caller(site.people["owner"].secret)
    root = site.people["root"].client
    thread = thread_id_of(owner.stream(create(f"say 1 {text}")))
    owner.stream(add(thread, text))
    row = Thread.objects.get(pk=thread)
    renamed = owner.post(ask("threads.update", thread_id=thread, title=text))
    assert renamed.status_code in (200, 400)  # too long
    shown = owner.json(ask("threads.get_by_id", thread_id=thread))
    assert [item["content"][0]["text"] for item in shown["items"]["data"][::2]] == [
        f"say 1 {text}",
        text,
    ]
    call = ToolCall.objects.create(
        thread=row, user=site.user, tool="look", status="done",
        arguments={"a": text, text[:40]: 1}, outcome=text[:200],
    )  # fmt: skip
    Session.objects.filter(pk=site.rows["session"].pk).update(user_label=text[:128])
    pages = [
        root.post(page(site, "thread_open", row), follow=True),
        root.get(reverse("admin:chatkit_thread_changelist")),
        root.get(reverse("admin:chatkit_toolcall_changelist")),
        root.get(page(site, "toolcall_change", call)),
        root.get(page(site, "session_change", site.rows["session"])),
        site.people["owner"].client.get("/"),
    ]
    for response in pages:
        assert response.status_code == 200
        body = world.body_of(response)
        assert not MARKUP.search(body), response.request["PATH_INFO"]
        assert len(body) < 3_000_000
    if "<script>" in text:  # it was shown, as text
        assert b"&lt;script&gt;alert(1)" in world.body_of(pages[0])
    lines = logs.OneLineFormatter("%(message)s")
    for record in caplog.records:
        line = lines.format(record)
        assert "forged" not in line
        assert not [one for one in line if unicodedata.category(one) in ("Cc", "Zl", "Zp")]


@pytest.mark.parametrize("escape", SURROGATES)
def test_half_a_character_is_no_fault(escape: str, site: World) -> None:
    owner = Caller(site.people["owner"].secret)
    body = json.dumps(create("HERE")).replace("HERE", escape)
    assert owner.post(body).status_code == 400
