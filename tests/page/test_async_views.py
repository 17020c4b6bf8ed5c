"""Our tags on pages of asynchronous views, as the guide has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import SynchronousOnlyOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import AsyncClient
from django.urls import include, path

TAGS = "{% load chatkit %}{% chatkit %}{% chatkit_launcher %}{% chatkit_menu %}"
View = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponse]]
Get = Callable[[str], Any]


def guides_view() -> View:
    page = Path(__file__).parents[2] / "docs" / "howto" / "embed.md"
    blocks = re.findall(r"```python\n((?s:.*?))```", page.read_text("utf-8"))
    (code,) = (block for block in blocks if "async def" in block)
    found: dict[str, Any] = {"__name__": __name__}
    exec(code, found)
    view: View = found["help_page"]
    return view


async def straight(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/help.html")


urlpatterns = [
    path("", include("mseller.urls")),
    path("guide", guides_view()),
    path("straight", straight),
]


@pytest.fixture
def get(settings: Any, tmp_path: Path, user: Any) -> Get:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "help.html").write_text(TAGS)
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], tmp_path]}]
    settings.ROOT_URLCONF = __name__
    client = AsyncClient()
    client.force_login(user)
    return async_to_sync(client.get)


@pytest.mark.django_db(transaction=True)
def test_a_page_of_the_guides(get: Get) -> None:
    text = get("/guide").content.decode()
    assert all(part in text for part in ("<openai-chatkit", "<chatkit-launcher", "/apps/chatkit/"))


@pytest.mark.django_db(transaction=True)
def test_without_a_thread_django_refuses(get: Get) -> None:
    """Else the guide would ask for more than is needed."""
    with pytest.raises(SynchronousOnlyOperation):
        get("/straight")
