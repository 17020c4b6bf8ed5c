"""A profile that is used again has nothing of the test before; one that may have is not used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .element.standin import Address, Standin
from .profiles import Profile, Profiles

pytestmark = pytest.mark.browser

SIZE = {"viewport": {"width": 500, "height": 400}}
LEAVE = """() => {
  document.cookie = "left=1";
  localStorage.left = sessionStorage.left = 1;
  return new Promise((done) => { indexedDB.open("left").onsuccess = () => done(); });
}"""
LEFT = """async () => [document.cookie, localStorage.left, sessionStorage.left, window.left,
  (await indexedDB.databases()).length, innerWidth, (await fetch("/left")).status]"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Address() as address:
        site = Standin(address)
        site.pages["/"] = ("<!doctype html><link rel=icon href=/pixel.png>", "text/html")
        yield site.url
        site.close()


def take(profiles: Profiles, url: str) -> Profile:
    profile = profiles.take(url, lambda context: None, **SIZE)
    profile.page.goto("/")
    return profile


def test_nothing_is_left(profiles: Profiles, url: str) -> None:
    profile = take(profiles, url)
    page = profile.page
    heard: list[Any] = []
    page.on("request", lambda request: heard.append(request))
    page.add_init_script("window.left = 1")
    page.route("**/left", lambda route: route.fulfill(body="left"))
    page.set_viewport_size({"width": 300, "height": 300})
    page.reload()
    page.evaluate(LEAVE)
    page.context.new_page()
    assert page.evaluate(LEFT) == ["left=1", "1", "1", 1, 1, 300, 200]
    profiles.give_back(profile)
    heard.clear()
    again = take(profiles, url)
    assert again.page is page
    assert page.context.pages == [page]
    assert page.evaluate(LEFT) == ["", None, None, None, 0, 500, 404]
    assert heard == []
    profiles.give_back(again, again=False)


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.clock.install(),
        lambda page: page.context.set_offline(True),
        lambda page: page.emulate_media(media="print"),
        lambda page: page.goto(page.url.replace("127.0.0.1", "localhost")),
        lambda page: page.close(),
    ],
    ids=["clock", "offline", "print", "another site", "closed"],
)
def test_what_can_not_be_undone_ends_it(
    profiles: Profiles, url: str, change: Callable[[Any], Any]
) -> None:
    profile = take(profiles, url)
    change(profile.page)
    profiles.give_back(profile)
    again = take(profiles, url)
    assert again.page is not profile.page
    profiles.give_back(again, again=False)
