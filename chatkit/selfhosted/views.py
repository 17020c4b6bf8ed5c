"""The ChatKit protocol over HTTP: verify, check, hand on to the engine."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from ..api import api_view
from ..exceptions import ApiError


@api_view("POST")
def endpoint(request: HttpRequest) -> HttpResponseBase:
    raise ApiError("not_configured")


@api_view("GET")
def run_events(request: HttpRequest, run_id: str) -> HttpResponseBase:
    raise ApiError("not_configured")


@api_view("POST")
def stop_run(request: HttpRequest, run_id: str) -> HttpResponseBase:
    raise ApiError("not_configured")
