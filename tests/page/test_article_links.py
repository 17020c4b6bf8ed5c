"""Cited articles for who has a client secret and no login: an address signed for one person."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as site
from django.contrib.auth import get_user_model
from django.core import signing
from django.test import Client

from chatkit import sessions
from chatkit.models import Session
from chatkit.page import article_links
from tests.selfhosted.protocol import secret_of

CITED = "/apps/chatkit/help/payments/#refunds"
ENDED = "This link has ended"


def active(user: Any, workflow_id: str) -> bool:
    return bool(user.username != "mallory")


@pytest.fixture
def secret(user: Any, workflow_id: str) -> str:
    return secret_of(user, workflow_id)


def asked(secret: str, address: str = CITED, client: Client | None = None) -> Any:
    headers = {"Authorization": f"Bearer {secret}"}
    url = f"/api/chatkit/article?url={quote(address)}"
    return (client or Client()).get(url, headers=headers)


def link(secret: str) -> str:
    return str(asked(secret).json()["url"])


class TestLink:
    def test_shows_the_article_at_the_passage_without_a_login(self, secret: str) -> None:
        told = asked(secret).json()
        assert told["title"] == "Record customer payments"
        assert told["url"].startswith("http://testserver/apps/chatkit/help/payments/?workflow=")
        assert told["url"].endswith("#refunds")
        answer = Client().get(told["url"])
        assert answer.status_code == 200
        assert "<h1>Record customer payments</h1>" in answer.content.decode()
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]

    def test_nothing_on_it_asks_for_a_login(self, secret: str) -> None:
        text = Client().get(link(secret)).content.decode()
        assert "/apps/chatkit/" not in text.replace("/apps/chatkit/theme.css", "")

    def test_of_an_address_in_full(self, secret: str) -> None:
        assert asked(secret, f"http://testserver{CITED}").status_code == 200

    @pytest.mark.parametrize(
        "address",
        ["", "/", "/admin/", "/apps/chatkit/help/", "/apps/chatkit/help/none/", "https://[", "//"],
    )
    def test_of_any_other_page_there_is_none(self, secret: str, address: str) -> None:
        assert asked(secret, address).status_code == 404

    def test_a_login_here_leads_to_the_sites_own_page(self, secret: str, user: Any) -> None:
        client = Client()
        client.force_login(user)
        assert article_links.PARAMETER not in asked(secret, client=client).json()["url"]

    def test_another_ones_login_does_not(self, secret: str, other: Any) -> None:
        client = Client()
        client.force_login(other)
        assert article_links.PARAMETER in asked(secret, client=client).json()["url"]

    def test_in_the_language_that_was_cited(self, secret: str) -> None:
        cited = CITED.replace("/#", "/?language=es#")
        told = asked(secret, cited).json()
        assert (told["language"], told["title"]) == ("es", "Registrar cobros de clientes")
        assert "&language=es" in told["url"]
        assert "<h1>Registrar cobros" in Client().get(told["url"]).content.decode()

    @pytest.mark.urls("tests.language_urls")
    def test_with_a_language_in_front_of_the_address(self, secret: str) -> None:
        from django.urls import reverse
        from django.utils.translation import override

        with override("es"):
            spanish = reverse("chatkit:help-article", args=["payments"])
        api = reverse("chatkit:article")
        answer = Client().get(
            f"{api}?url={quote(spanish)}", headers={"Authorization": f"Bearer {secret}"}
        )
        assert spanish.startswith("/es/")
        assert answer.status_code == 200


@pytest.mark.django_db
class TestEnd:
    def assert_ended(self, address: str) -> None:
        answer = Client().get(address)
        assert answer.status_code == 403
        assert ENDED in answer.content.decode()

    def test_after_five_minutes(self, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
        address = link(secret)
        now = signing.time.time()  # type: ignore[attr-defined]
        monkeypatch.setattr("django.core.signing.time.time", lambda: now + 301)
        self.assert_ended(address)

    def test_with_the_session(self, secret: str) -> None:
        address = link(secret)
        sessions.cancel(Session.objects.get())
        self.assert_ended(address)

    def test_with_the_person(self, secret: str) -> None:
        address = link(secret)
        get_user_model().objects.update(is_active=False)
        self.assert_ended(address)

    def test_with_their_right_to_the_assistant(self, secret: str, settings: Any) -> None:
        address = link(secret)
        get_user_model().objects.update(username="mallory")
        settings.CHATKIT = site.CHATKIT | {"ACCESS": f"{__name__}.active"}
        self.assert_ended(address)

    def test_it_is_for_one_article_alone(self, secret: str) -> None:
        self.assert_ended(link(secret).replace("/payments/", "/orders/"))

    def test_it_can_not_be_made_up(self) -> None:
        token = signing.TimestampSigner(salt="another").sign("payments.sess_1")
        self.assert_ended(f"/apps/chatkit/help/payments/?token={token}")
        self.assert_ended("/apps/chatkit/help/payments/?token=payments")

    def test_without_one_there_is_the_login(self) -> None:
        assert Client().get("/apps/chatkit/help/payments/").status_code == 302
