"""Info cards: the defaults, a site's own, who sees them, and hostile content."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from django.utils.functional import lazy
from django.utils.translation import override

from chatkit import cards, workflows
from chatkit.cards import is_safe_url

GOOD = {"title": "Hours", "body": "Nine to five.", "icon": "clock", "url": "/hours/"}


def cards_by_name(request: HttpRequest) -> list[dict[str, str]]:
    return [GOOD | {"title": f"For {request.user}"}]


def more_cards(request: HttpRequest) -> list[dict[str, str]]:
    """As docs/howto/menu-and-cards.md has it."""
    return [GOOD, *cards.default_cards(request)]


def failing_cards(request: HttpRequest) -> list[dict[str, str]]:
    raise RuntimeError("no database")


def shown(user: Any, given: Any) -> list[cards.Card]:
    request = RequestFactory().get("/")
    request.user = user
    with override_settings(CHATKIT={"INFO_CARDS": given}):
        return cards.cards(request, None)


def default_texts(workflow_id: str) -> str:
    request = RequestFactory().get("/")
    return " ".join(card.body for card in cards.cards(request, workflows.get(workflow_id)))


class TestCards:
    def test_three_defaults_in_the_readers_language(self, user: Any) -> None:
        english = [card.title for card in shown(user, None)]
        assert english == ["What it can do", "How your data is treated", "What it cannot do"]
        with override("es"):
            spanish = [card.title for card in shown(user, None)]
        assert not set(english) & set(spanish)

    def test_the_defaults_promise_no_more_than_the_answerer_keeps(self, settings: Any) -> None:
        settings.CHATKIT = {
            "WORKFLOWS": {
                "desk": workflows.HELP_DESK,
                "hosted": "openai",
                "own": "chatkit.selfhosted.assistant.AssistantServer",
            }
        }
        assert "kept by OpenAI" in default_texts("hosted")
        assert "sent to a language model" in default_texts("own")
        assert "stay on this site" in default_texts("desk")
        for workflow_id in ("hosted", "own"):
            assert "stay on this site" not in default_texts(workflow_id)
            assert "changes nothing" not in default_texts(workflow_id)

    def test_the_page_describes_the_workflow_that_it_shows(
        self, logged_in: Client, settings: Any
    ) -> None:
        settings.CHATKIT = {
            "WORKFLOWS": {"desk": workflows.HELP_DESK, "hosted": "openai"},
            "OPENAI_API_KEY": "sk-1",
        }
        assert "kept by OpenAI" in logged_in.get("/apps/chatkit/?workflow=hosted").text
        assert "kept by OpenAI" not in logged_in.get("/apps/chatkit/").text

    @pytest.mark.parametrize(
        "answerer",
        ["openai-agent:agent_1", "tests.selfhosted.managed.servers.OfferingServer"],
    )
    def test_of_an_agent_at_openai(self, logged_in: Client, settings: Any, answerer: str) -> None:
        settings.CHATKIT = {"WORKFLOWS": {"wf_1": answerer}, "OPENAI_API_KEY": "sk-1"}
        page = logged_in.get("/apps/chatkit/").text
        assert "OpenAI answers by way of this site" in page
        assert "<dt>Answered by</dt><dd>OpenAI</dd>" in page

    def test_a_list(self, user: Any) -> None:
        [card] = shown(user, [GOOD])
        assert (card.title, card.body, card.icon, card.url) == tuple(GOOD.values())

    def test_a_dotted_path_gets_the_request(self, user: Any) -> None:
        [card] = shown(user, "tests.test_cards.cards_by_name")
        assert card.title == "For ada"

    def test_an_icon_is_optional(self, user: Any) -> None:
        [card] = shown(user, [{"title": "Hours", "body": "Nine to five."}])
        assert (card.icon, card.url) == ("info", "")

    def test_nothing_is_no_address(self, user: Any) -> None:
        (card,) = shown(user, [GOOD | {"url": None}])
        assert card.url == ""

    def test_a_permission_hides_a_card(self, user: Any, admin: Any) -> None:
        given = [GOOD | {"permission": "chatkit.view_session"}]
        assert shown(user, given) == []
        assert len(shown(admin, given)) == 1

    def test_an_empty_list_shows_none(self, user: Any) -> None:
        assert shown(user, []) == []

    def test_a_function_adds_to_the_defaults(self, user: Any) -> None:
        own, *defaults = shown(user, "tests.test_cards.more_cards")
        assert own.title == "Hours"
        assert defaults == shown(user, None)

    def test_the_defaults_of_a_function_are_those_of_the_page(
        self, logged_in: Client, settings: Any
    ) -> None:
        settings.CHATKIT = {
            "WORKFLOWS": {"desk": workflows.HELP_DESK, "hosted": "openai"},
            "OPENAI_API_KEY": "sk-1",
            "INFO_CARDS": "tests.test_cards.more_cards",
        }
        assert "kept by OpenAI" in logged_in.get("/apps/chatkit/?workflow=hosted").text
        assert "kept by OpenAI" not in logged_in.get("/apps/chatkit/").text

    @pytest.mark.parametrize("name", ["failing_cards", "not_there", "GOOD"])
    def test_a_function_that_fails_is_logged_and_the_defaults_are_shown(
        self, user: Any, caplog: pytest.LogCaptureFixture, name: str
    ) -> None:
        assert shown(user, f"tests.test_cards.{name}") == shown(user, None)
        assert "CHATKIT['INFO_CARDS'] failed: the page shows the default cards." in caplog.text

    def test_a_wrong_card_is_left_out_and_logged(
        self, user: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        given = [GOOD | {"url": "javascript:alert(1)"}, GOOD]
        assert len(shown(user, given)) == 1
        assert "'url' is 'javascript:alert(1)'" in caplog.text


class TestPage:
    def test_hostile_content_is_escaped(self, logged_in: Client) -> None:
        hostile = {
            "title": "<script>alert(1)</script>",
            "body": "<img src=x onerror=alert(2)>",
            "url": 'https://example.com/?"><script>',
        }
        with override_settings(CHATKIT={"WORKFLOWS": {"wf_1": "openai"}, "INFO_CARDS": [hostile]}):
            page = logged_in.get("/apps/chatkit/").content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "&lt;img src=x onerror=alert(2)&gt;" in page
        assert 'href="https://example.com/?&quot;&gt;&lt;script&gt;"' in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page

    def test_a_link_to_another_site_opens_apart(self, logged_in: Client) -> None:
        given = [GOOD | {"url": "https://example.com/"}, GOOD]
        with override_settings(CHATKIT={"INFO_CARDS": given}):
            page = logged_in.get("/apps/chatkit/").content.decode()
        assert 'href="https://example.com/" target="_blank" rel="noopener noreferrer"' in page
        assert '<a class="ck-card-link" href="/hours/">' in page


@pytest.mark.parametrize(
    "url",
    ["/help/", "help/", "?tab=2", "#top", "https://example.com/a?b=c", "HTTP://example.com", "a:8"],
)
def test_safe_urls(url: str) -> None:
    assert is_safe_url(url) is (url != "a:8")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "mailto:a@example.com",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "http:///evil.example",
        "",
        None,
        7,
    ],
)
def test_unsafe_urls(url: Any) -> None:
    assert not is_safe_url(url)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ([7], "CHATKIT['INFO_CARDS'][0]: It is int, not a dict."),
        ([{"title": "T"}], "CHATKIT['INFO_CARDS'][0]: 'body' must be a text."),
        ([GOOD | {"title": 7}], "CHATKIT['INFO_CARDS'][0]: 'title' must be a text."),
        ([GOOD | {"body": ""}], "CHATKIT['INFO_CARDS'][0]: 'body' must not be empty."),
        (
            [GOOD | {"title": lazy(str, str)("")}],
            "CHATKIT['INFO_CARDS'][0]: 'title' must not be empty.",
        ),
        (
            [GOOD, GOOD | {"titel": "T"}],
            (
                "CHATKIT['INFO_CARDS'][1]: 'titel' is not a key of a card. "
                "The keys are body, icon, permission, title, url."
            ),
        ),
        (
            [GOOD | {"icon": "Big Clock"}],
            (
                "CHATKIT['INFO_CARDS'][0]: 'icon' is 'Big Clock', not the name of an icon such as "
                "'life-buoy'."
            ),
        ),
        (
            [GOOD | {"url": "data:x"}],
            (
                "CHATKIT['INFO_CARDS'][0]: 'url' is 'data:x', neither http(s) nor an address on "
                "this site."
            ),
        ),
        (
            [GOOD | {"permission": "view"}],
            "CHATKIT['INFO_CARDS'][0]: 'permission' is 'view', not of the form 'app.codename'.",
        ),
        (
            "tests.test_cards.GOOD",
            "CHATKIT['INFO_CARDS'] is 'tests.test_cards.GOOD', which is not a function.",
        ),
    ],
)
def test_problems(given: Any, problem: str) -> None:
    with override_settings(CHATKIT={"INFO_CARDS": given}):
        assert cards.problems() == [problem]
        assert problem in [message.msg for message in run_checks(tags=["chatkit"])]


def test_a_path_that_cannot_be_imported() -> None:
    with override_settings(CHATKIT={"INFO_CARDS": "nowhere.cards"}):
        [problem] = cards.problems()
    assert problem.startswith("CHATKIT['INFO_CARDS'] cannot be imported: ")


@pytest.mark.parametrize("given", [None, [GOOD], "tests.test_cards.cards_by_name"])
def test_no_problems(given: Any) -> None:
    with override_settings(CHATKIT={"INFO_CARDS": given}):
        assert cards.problems() == []
