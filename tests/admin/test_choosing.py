"""A field that holds a code of the site's: what the site has, and what the row has already."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chatkit.contrib.articles.models import Phrasing
from chatkit.contrib.console.models import Budget, Switch
from chatkit.models import StarterPrompt

pytestmark = pytest.mark.django_db


def page_of(row: Any) -> str:
    name = f"{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"admin:{name}_change", args=[row.pk])


def chosen(page: str, name: str) -> list[str]:
    """What a browser would send of this list."""
    (listed,) = re.findall(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    return re.findall(r'<option value="([^"]*)"[^>]* selected', listed)


@pytest.mark.parametrize(
    ("model", "name", "values"),
    [
        (Switch, "workflow_id", {"notice": "Back at nine.", "workflow_id": "wf_gone"}),
        (Budget, "workflow_id", {"amount": 5, "workflow_id": "wf_gone"}),
        (StarterPrompt, "workflow_id", {"label": "a", "prompt": "b", "workflow_id": "wf_gone"}),
        (StarterPrompt, "language", {"label": "a", "prompt": "b", "language": "eo"}),
        (Phrasing, "language", {"text": "Kiel?", "slug": "kites", "language": "eo"}),
    ],
)
def test_a_row_keeps_a_code_that_the_site_has_no_more(
    admin_client: Client, model: Any, name: str, values: dict[str, Any]
) -> None:
    row = model.objects.create(**values)
    page = admin_client.get(page_of(row)).content.decode()
    assert chosen(page, name) == [values[name]]


def test_it_is_saved_with_the_rest(admin_client: Client) -> None:
    row = Switch.objects.create(workflow_id="wf_gone", notice="Back at nine.")
    sent = {"workflow_id": "wf_gone", "offline": "on", "notice": "Back at ten."}
    assert admin_client.post(page_of(row), sent).status_code == 302
    row.refresh_from_db()
    assert (row.workflow_id, row.notice) == ("wf_gone", "Back at ten.")


def test_another_row_is_not_offered_it(admin_client: Client) -> None:
    Switch.objects.create(workflow_id="wf_gone")
    page = admin_client.get(reverse("admin:chatkit_console_switch_add")).content.decode()
    assert "wf_gone" not in page


def test_a_new_phrasing_has_the_sites_languages_and_needs_one(admin_client: Client) -> None:
    url = reverse("admin:chatkit_articles_phrasing_add")
    page = admin_client.get(url).content.decode()
    assert '<option value="en">' in page
    assert '<option value=""' not in page
    sent = {"text": "How?", "slug": "kites"}
    assert admin_client.post(url, sent).status_code == 200
    assert not Phrasing.objects.exists()
    assert admin_client.post(url, sent | {"language": "en"}).status_code == 302
