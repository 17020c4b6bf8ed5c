"""The figures over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from .. import conf
from ..api import api_view
from ..exceptions import ApiError
from .hooks import metrics as found


@api_view("GET", "HEAD")
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as Prometheus reads them, for who says CHATKIT["METRICS_TOKEN"]; 404 where that
    is not set, or prometheus_client is not installed."""
    figures = found()
    if figures is None:
        raise ApiError("not_found")
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(
        token.strip(), conf.get("METRICS_TOKEN")
    ):
        raise ApiError("not_authenticated", headers={"WWW-Authenticate": "Bearer"})
    from .prometheus import CONTENT_TYPE

    return HttpResponse(figures.text(), content_type=CONTENT_TYPE)
