"""The loop: what was asked in vain is seen, answered by an article, published, and answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as site

from chatkit.contrib.articles.models import ArticleText
from chatkit.models import Run
from tests.contrib.articles.test_admin import form
from tests.people import browser
from tests.selfhosted.protocol import Caller, create, secret_of, text_of

from .test_overview import rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
URL = "/apps/chatkit/console/unanswered/"
ANSWERED = (
    "How do I cancel an order?",
    "How do I add a customer?",
    "How do I record a payment?",
    "I forgot my password",
    "How do I register a return?",
    "How do I create a price list?",
    "How do I plan a route?",
)
IN_VAIN = (
    "How do I grow tomatoes on a balcony?",
    "Who invented the telephone?",
    "How many people live in India?",
)
ANSWER = "Water the tomatoes every evening."


def test_three_of_ten_are_asked_in_vain_and_one_is_mended(
    admin: Any, user: Any, workflow_id: str, settings: Any
) -> None:
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {workflow_id: "chatkit.selfhosted.helpdesk.HelpDeskServer"},
        "KNOWLEDGE_DIR": str(site.BASE_DIR / "mseller" / "help"),
    }
    caller = Caller(secret_of(user, workflow_id))
    for question in (*ANSWERED, *IN_VAIN):
        caller.stream(create(question))
    outcomes = Run.objects.order_by("created_at").values_list("outcome", flat=True)
    assert list(outcomes) == ["answered"] * 7 + ["not_found"] * 3

    root = browser(admin)
    shown = root.get(URL)
    assert {row[0] for row in rows(shown.content.decode())} == set(IN_VAIN)
    group = next(
        Run.objects.get(pk=run.pk).chatkit_console_question.group
        for run in Run.objects.filter(outcome="not_found").order_by("created_at")
    )
    root.post(f"{URL}{group.pk}/mark/", {"act": "write", "title": "Grow tomatoes"})
    text = ArticleText.objects.get()
    assert IN_VAIN[0] in text.body
    body = f"## On a balcony\n\nA balcony in the sun is best. {ANSWER}"
    change = f"/admin/chatkit_articles/articletext/{text.pk}/change/"
    root.post(change, form(text, body=body, _step="published"))
    text.refresh_from_db()
    assert text.status == "published"
    again = root.get(f"{URL}{group.pk}/", {"again": 1}).content.decode()
    assert "The search answers 1 of 1 wording now." in again

    found = caller.stream(create(IN_VAIN[0]))
    assert ANSWER in text_of(found)
    run = Run.objects.latest("created_at")
    assert run.outcome == "answered"
    assert [one["article"] for one in run.cited] == [text.article.slug]
