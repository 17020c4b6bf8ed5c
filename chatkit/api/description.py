"""The description of our HTTP addresses, as OpenAPI 3.1 has it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import get_script_prefix, reverse

from .views import api_view

FILE = Path(__file__).with_name("openapi.json")


@cache
def _described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


@api_view("GET")
def description(request: HttpRequest) -> JsonResponse:
    """It says nothing of the site but where our addresses begin, so anybody may read it."""
    place = reverse("chatkit:openapi").removesuffix("/api/chatkit/openapi.json")
    servers = [{"url": place or get_script_prefix().rstrip("/") or "/"}]
    response = JsonResponse(_described() | {"servers": servers})
    response["Cache-Control"] = "public, max-age=3600"
    return response
