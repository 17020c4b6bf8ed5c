"""What of THEME the page around the chat follows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from chatkit.page import theme

THEME = {
    "radius": "sharp",
    "color": {
        "accent": {"primary": "#0a7d55", "level": 1},
        "surface": {"background": "rgb(250 250 250)", "foreground": "black"},
    },
    "typography": {"fontFamily": "'Open Sans', sans-serif"},
}


@pytest.fixture
def themed(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"THEME": THEME}


def declared(text: str) -> dict[str, str]:
    return dict(re.findall(r"--ck-theme-([a-z]+):([^;]*);", text))


def test_its_colours_font_and_corners(themed: None) -> None:
    text = theme.style(None)
    assert text.startswith(":where(.chatkit-container,.ck-page,.ck-help){")
    assert declared(text) == {
        "primary": "#0a7d55",
        "surface": "rgb(250 250 250)",
        "text": "black",
        "radius": "0px",
        "font": "'Open Sans', sans-serif",
    }


def test_black_on_what_is_too_light_for_white(settings: Any) -> None:
    for primary, on in (("#ffcc00", "#000000"), ("#9155fd", None)):
        settings.CHATKIT = {"THEME": {"color": {"accent": {"primary": primary}}}}
        assert declared(theme.style(None)).get("on") == on


@pytest.mark.parametrize(
    "color", ["red;}body{display:none", "url(//evil.example)/*", "#12", "var(--a", 5, None]
)
def test_what_is_no_colour_is_left_out(settings: Any, color: Any) -> None:
    settings.CHATKIT = {"THEME": {"color": {"accent": {"primary": color}}}}
    assert theme.style(None) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/apps/chatkit/", "/apps/chatkit/help/", "/apps/chatkit/mine/"])
def test_pages_bring_it_along(themed: None, logged_in: Client, path: str) -> None:
    html = logged_in.get(path).content.decode()
    [url] = set(re.findall(r'href="(/apps/chatkit/theme.css[^"]*)"', html))
    response = Client().get(url.replace("&amp;", "&"))  # no login: it tells nothing of anybody
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=86400"
    assert declared(response.content.decode())["primary"] == "#0a7d55"


@pytest.mark.django_db
def test_none_of_it_without_a_theme(logged_in: Client, settings: Any) -> None:
    html = logged_in.get("/apps/chatkit/").content
    assert b"theme.css" not in html
    assert b"data-ck-scheme" not in html
    settings.CHATKIT = settings.CHATKIT | {"THEME": {"colorScheme": "dark"}}
    for path in ("/apps/chatkit/", "/apps/chatkit/help/"):
        html = logged_in.get(path).content
        assert b'data-ck-scheme="dark"' in html
        assert b"theme.css" not in html


def test_of_a_workflow(settings: Any) -> None:
    own = {"server": "openai", "theme": {"color": {"accent": {"primary": "teal"}}}}
    settings.CHATKIT = {"WORKFLOWS": {"one": "openai", "two": own}, "THEME": THEME}
    get = Client().get
    assert b"#0a7d55" in get("/apps/chatkit/theme.css?workflow=one").content
    assert b"primary:teal" in get("/apps/chatkit/theme.css?workflow=two").content
