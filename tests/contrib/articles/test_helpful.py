""" "Was this helpful?" below an article: asked of each person once, counted for the editors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from chatkit import personal_data
from chatkit.contrib.articles import editing
from chatkit.contrib.articles.editing import Content, take_step
from chatkit.contrib.articles.models import Phrasing, Step, Vote

pytestmark = pytest.mark.django_db
ARTICLE = "/apps/chatkit/help/returns/"
VOTE = f"{ARTICLE}helpful/"


def say(client: Client, answer: str, url: str = VOTE) -> Any:
    return client.post(url, {"helpful": answer})


def votes() -> list[tuple[str, str, bool]]:
    return list(Vote.objects.values_list("slug", "language", "helpful"))


def test_an_answer_is_kept_shown_and_changed(logged_in: Client) -> None:
    html = logged_in.get(ARTICLE).content.decode()
    assert "Was this helpful?" in html
    assert 'value="yes" aria-pressed="false"' in html
    assert 'value="no" aria-pressed="false"' in html
    response = say(logged_in, "yes")
    assert (response.status_code, response["Location"]) == (302, f"{ARTICLE}#helpful")
    html = logged_in.get(ARTICLE).content.decode()
    assert 'value="yes" aria-pressed="true"' in html
    assert "Thank you." in html
    say(logged_in, "no")
    assert votes() == [("returns", "en", False)]


def test_each_language_and_person_counts(logged_in: Client) -> None:
    say(logged_in, "yes")
    logged_in.post(VOTE, {"helpful": "no"}, headers={"accept-language": "es"})
    other = Client()
    other.force_login(get_user_model().objects.create_user("bea"))
    say(other, "yes")
    assert sorted(votes()) == [
        ("returns", "en", True),
        ("returns", "en", True),
        ("returns", "es", False),
    ]


def test_of_the_language_that_the_address_names(logged_in: Client) -> None:
    html = logged_in.get(f"{ARTICLE}?language=es").content.decode()
    assert f'action="{VOTE}?language=es"' in html
    response = say(logged_in, "yes", f"{VOTE}?language=es")
    assert response["Location"] == f"{ARTICLE}?language=es#helpful"
    assert votes() == [("returns", "es", True)]


@pytest.mark.parametrize(
    ("url", "answer", "status"),
    [(VOTE, "", 400), (VOTE, "maybe", 400), ("/apps/chatkit/help/none/helpful/", "yes", 404)],
)
def test_other_answers_are_none(logged_in: Client, url: str, answer: str, status: int) -> None:
    assert say(logged_in, answer, url).status_code == status
    assert votes() == []


def test_strangers_and_foreign_pages_say_nothing(client: Client, admin: Any) -> None:
    assert say(client, "yes")["Location"].startswith("/accounts/login/")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin)
    assert say(strict, "yes").status_code == 403
    assert votes() == []


def test_a_draft_is_not_asked_about(admin: Any) -> None:
    article = editing.create_article("Kites")
    editing.create_text(article, "en", Content.of("Kites", "Run."))
    root = Client()
    root.force_login(admin)
    html = root.get("/apps/chatkit/help/kites/").content.decode()
    assert "This is a preview." in html
    assert "Was this helpful?" not in html
    assert say(root, "yes", "/apps/chatkit/help/kites/helpful/").status_code == 404


def test_without_our_addresses_nothing_is_asked(logged_in: Client, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.language_urls"
    settings.CHATKIT = {**settings.CHATKIT, "BASE_TEMPLATE": None}
    html = logged_in.get("/en/help" + ARTICLE).content.decode()
    assert "Returns and credit notes" in html
    assert "Was this helpful?" not in html


@pytest.fixture
def handbook(tmp_path: Path, settings: Any) -> str:
    """A workflow with two articles of its own, one of the slug of a site's."""
    for name in ("returns", "wages"):
        file = tmp_path / "en" / f"{name}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"# Our {name}\n\nFor staff.\n")
    entry = {
        "server": "chatkit.selfhosted.helpdesk.HelpDeskServer",
        "knowledge": str(tmp_path),
    }
    table = {**settings.CHATKIT["WORKFLOWS"], "handbook": entry}
    settings.CHATKIT = {**settings.CHATKIT, "WORKFLOWS": table}
    return "?workflow=handbook"


def test_articles_of_a_workflows_own_are_voted_on(logged_in: Client, handbook: str) -> None:
    page = f"/apps/chatkit/help/wages/{handbook}"
    html = logged_in.get(page).content.decode()
    (url,) = re.findall(r'class="ck-helpful"[^>]*action="([^"]*)"', html)
    assert say(logged_in, "yes", url)["Location"] == f"{page}#helpful"
    assert votes() == [("wages", "en", True)]
    assert 'value="yes" aria-pressed="true"' in logged_in.get(page).content.decode()
    # At the address of the site's articles there is none of this name.
    assert say(logged_in, "yes", "/apps/chatkit/help/wages/helpful/").status_code == 404


def test_two_articles_of_one_slug_are_voted_on_alone(
    logged_in: Client, handbook: str, user: Any
) -> None:
    say(logged_in, "yes")
    assert "Thank you." not in logged_in.get(ARTICLE + handbook).content.decode()
    assert say(logged_in, "no", VOTE + handbook)["Location"] == f"{ARTICLE}{handbook}#helpful"
    assert sorted(votes()) == [("returns", "en", False), ("returns", "en", True)]
    assert 'value="yes" aria-pressed="true"' in logged_in.get(ARTICLE).content.decode()
    assert 'value="no" aria-pressed="true"' in logged_in.get(ARTICLE + handbook).content.decode()
    exported = json.loads("".join(personal_data.export(user)))["article_votes"]
    assert [(row["workflow_id"], row["helpful"]) for row in exported] == [
        ("", True),
        ("handbook", False),
    ]


def test_an_unknown_workflow_has_no_votes(logged_in: Client) -> None:
    assert say(logged_in, "yes", f"{VOTE}?workflow=none").status_code == 404
    assert votes() == []


def test_editors_see_the_counts(admin: Any, logged_in: Client) -> None:
    article = editing.create_article("Kites")
    text = editing.create_text(article, "en", Content.of("Kites", "Run."))
    take_step(text, Step.PUBLISHED, None)
    root = Client()
    root.force_login(admin)
    for client, answer in ((logged_in, "no"), (root, "yes")):
        say(client, answer, "/apps/chatkit/help/kites/helpful/")
    html = root.get("/admin/chatkit_articles/article/").content.decode()
    assert "1 yes, 1 no" in html


def test_a_person_gets_the_own_votes_and_takes_them_along(logged_in: Client, user: Any) -> None:
    say(logged_in, "yes")
    other = Client()
    other.force_login(get_user_model().objects.create_user("bea"))
    say(other, "no")
    exported = json.loads("".join(personal_data.export(user)))["article_votes"]
    assert [(row["slug"], row["helpful"]) for row in exported] == [("returns", True)]
    assert personal_data.erase(user)["article_votes"] == 1
    assert votes() == [("returns", "en", False)]


def test_a_new_article_of_a_deleted_ones_name_begins_without_votes(
    admin: Any, logged_in: Client
) -> None:
    def written() -> Any:
        article = editing.create_article("Kites", slug="kites")
        text = editing.create_text(article, "en", Content.of("Kites", "Run."))
        take_step(text, Step.PUBLISHED, None)
        return article

    article = written()
    Phrasing.objects.create(text="How does it fly?", language="en", slug="kites")
    say(logged_in, "yes", "/apps/chatkit/help/kites/helpful/")
    assert votes() == [("kites", "en", True)]
    root = Client()
    root.force_login(admin)
    url = f"/admin/chatkit_articles/article/{article.pk}/delete/"
    assert root.post(url, {"post": "yes"}).status_code == 302
    written()
    assert votes() == []
    assert not Phrasing.objects.exists()


def test_the_votes_of_a_folders_article_outlive_one_that_stood_before_it(
    logged_in: Client,
) -> None:
    Phrasing.objects.create(text="What comes back?", language="en", slug="returns")
    say(logged_in, "yes")
    editing.create_article("Returns", slug="returns").delete()
    assert votes() == [("returns", "en", True)]
    assert Phrasing.objects.exists()
