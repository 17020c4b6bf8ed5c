"""What OpenAI's samples do, with the element: a page of a host, our server, a scripted model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ..selfhosted.assistant.model_server import Model, chat, chat_call, chat_whole
from .chat import Chat
from .conftest import Starter
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

SERVERS = {
    "cat": "cat_lounge.CatServer",
    "support": "customer_support.SupportServer",
    "metro": "metro_map.MetroServer",
    "news": "news_guide.NewsServer",
}


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    with Model().running() as model:
        yield model


@pytest.fixture(scope="module")
def site(start_server: Starter, model: Model) -> Server:
    return start_server(
        chatkit={
            "WORKFLOWS": {id: f"tests.samples.{name}" for id, name in SERVERS.items()},
            "OPENAI_BASE_URL": model.url,
            "OPENAI_API_KEY": "sk-test",
            "RATE_LIMITS": {"session": "1000/m", "message": "1000/m"},
        },
        settings={"ROOT_URLCONF": "tests.samples.urls"},
    )


class Sample(Chat):
    """The element on a sample's page."""

    def told(self) -> Any:
        """What the page was told, in order."""
        return self.page.evaluate("window.told")

    def send(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def over(self) -> None:
        """Until no answer streams: no message is taken before that."""
        expect(self.element.locator("[part=stop-button]")).to_have_count(0)

    def choose(self, text: str) -> None:
        """Click a row of a widget, once the answer that it belongs to is over."""
        self.row(text).wait_for()
        self.over()
        self.row(text).click()

    def row(self, text: str) -> Any:
        """A row of a widget."""
        return self.element.locator(".widget").get_by_text(text, exact=True)

    def reload(self) -> None:
        self.page.reload()
        self.element.locator(".user").first.wait_for()


@pytest.fixture
def open_sample(site: Server, open_page: Callable[..., Any]) -> Callable[[str], Sample]:
    def open_sample(name: str) -> Sample:
        page = open_page(site)
        page.goto(f"/samples/{name}/")
        sample = Sample(page)
        sample.composer.wait_for()
        return sample

    return open_sample


def test_a_cat_is_fed_and_named(open_sample: Callable[[str], Sample], model: Model) -> None:
    cat = open_sample("cat")
    model.answers = [chat_call("feed_cat", {"meal": "tuna"}), chat("Yum.")]
    cat.ask("Feed the cat")
    assert cat.told() == [["update_cat_status", {"cat": {"name": "Nobody yet", "energy": 7}}]]
    model.answers = [chat_call("suggest_names", {"names": ["Miso", "Pixel"]})]
    cat.send("Name it")
    cat.choose("Miso")
    expect(cat.element).to_contain_text("Miso purrs.")
    expect(cat.element.locator("header")).to_contain_text("The lounge of Miso")
    assert [data["cat"]["name"] for _, data in cat.told()] == ["Nobody yet", "Miso"]
    cat.reload()
    expect(cat.row("✓ Miso")).to_be_visible()
    expect(cat.element).to_contain_text("Miso purrs.")
    expect(cat.element).not_to_contain_text("FED")
    assert cat.told() == []  # an effect is not done again


def test_a_file_and_a_meal(open_sample: Callable[[str], Sample], model: Model) -> None:
    support = open_sample("support")
    streamed = [chat_call("change_seat", {"seat": "3A"}), chat("You sit in 3A.")]
    model.answers = [
        lambda body: streamed.pop(0) if body.get("stream") else chat_whole("A seat in front.")
    ]
    support.element.locator("input[type=file]").set_input_files(
        [{"name": "pass.txt", "mimeType": "text/plain", "buffer": b"Passport of Ada"}]
    )
    expect(support.element.locator("footer .attachment")).to_have_count(1)
    expect(support.element.locator("footer .attachment[aria-busy]")).to_have_count(0)
    support.ask("Seat 3A please")
    assert "Passport of Ada" in str(model.bodies)
    expect(support.element.locator("header")).to_contain_text("A seat in front")
    streamed.append(chat_call("ask_for_meal", {}))
    support.send("A meal")
    support.element.get_by_role("button", name="Halal").click()
    expect(support.element).to_contain_text("Halal it is.")
    assert [data["profile"] for _, data in support.told()] == [
        {"seat": "3A", "meal": ""},
        {"seat": "3A", "meal": "Halal"},
    ]
    support.reload()
    expect(support.row("Meal: Halal")).to_be_visible()
    expect(support.element.locator(".user .attachment")).to_have_count(1)
    expect(support.element.locator("header")).to_contain_text("A seat in front")


def test_a_station_is_named_and_added(open_sample: Callable[[str], Sample], model: Model) -> None:
    metro = open_sample("metro")
    model.answers = [chat_call("selected_stations", {}), chat("You selected the harbour.")]
    metro.composer.press_sequentially("From @mus")
    metro.element.get_by_role("option", name="Museum").click()
    metro.composer.press("Enter")
    expect(metro.element).to_contain_text("You selected the harbour.")
    assert "<STATION>Museum, lines: red, blue</STATION>" in str(model.bodies)
    assert metro.told() == [["selected_stations"]]
    metro.over()
    model.answers = [chat_call("choose_line", {})]
    metro.send("A new station")
    metro.choose("Blue line")
    expect(metro.element).to_contain_text("At which end?")
    metro.over()
    call = chat_call("add_station", {"name": "Lake", "line": "blue"})
    model.answers = [call, chat("A lake at last.")]
    metro.ask("Lake, at the end")
    assert metro.told()[1:] == [
        ["location_select_mode", {"line": "blue"}],
        ["add_station", {"station": "Lake", "line": "blue"}],
    ]
    metro.reload()
    expect(metro.row("✓ Blue line")).to_be_visible()
    tag = metro.element.locator(".user").get_by_text("Museum")
    tag.hover()
    expect(metro.element).to_contain_text("Trains at Museum")
    tag.click()
    assert metro.told() == [["clicked", "museum"]]  # the tool is not called again


def test_articles_and_events(open_sample: Callable[[str], Sample], model: Model) -> None:
    news = open_sample("news")
    search = chat_call("search_articles", {"words": "river"})
    model.answers = [search, chat_call("show_articles", {}, "call_2")]
    news.send("News of the river")
    news.choose("A market by the river")
    expect(news.element).to_contain_text("Any questions about “A market by the river”?")
    expect(news.element).to_contain_text("Archive searched")
    assert news.told() == [["open_article", "market"]]
    news.over()
    model.answers = [chat_call("show_events", {}, "call_3")]
    news.page.evaluate(
        "document.querySelector('openai-chatkit')"
        ".setComposerValue({text: 'What is on?', selectedToolId: 'event_finder'})"
    )
    news.composer.press("Enter")
    news.choose("Night of the lanterns")
    expect(news.row("At eight, by the mill.")).to_be_visible()
    news.reload()
    expect(news.row("At eight, by the mill.")).to_be_visible()
    expect(news.element).to_contain_text("Archive searched")
