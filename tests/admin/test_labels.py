"""What the fields of the admin's pages are called, in the language of who reads them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse

from chatkit.models import Attachment, Run, Thread, ToolCall, Visitor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "label"), [("de", "ID"), ("fr", "Identifiant"), ("ar", "المعرّف")]
)
def test_the_id_of_a_row(user: Any, root: Client, language: str, label: str) -> None:
    thread = Thread.objects.create(user=user, workflow_id="wf_1")
    run = Run.objects.create(thread=thread, user=user, kind="threads.create")
    rows = [
        thread,
        run,
        ToolCall.objects.create(thread=thread, run=run, user=user, tool="refund"),
        Attachment.objects.create(thread=thread, user=user, workflow_id="wf_1", name="a.txt"),
        Visitor.objects.create(key_hash="a", next_hash="b", former_hash="c"),
    ]
    for row in rows:
        url = reverse(f"admin:chatkit_{row._meta.model_name}_change", args=[quote(row.pk)])
        page = root.get(url, headers={"Accept-Language": language}).content.decode()
        assert f"<label>{label}" in page, url
        assert "<label>Id:" not in page, url
