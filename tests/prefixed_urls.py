"""The site under a prefix: for what must not assume that it stands at the root."""

from typing import Any

from django.urls import include, path

from mseller.urls import handler400, handler500  # noqa: F401
from mseller.urls import urlpatterns as site

patterns: list[Any] = site
urlpatterns = [path("shop/", include(patterns))]
