"""Filters of the list of articles."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Article, ArticleText, Status
from .base import near_languages, written_languages

Choices = list[tuple[str, Any]]


class StateFilter(admin.SimpleListFilter):
    """Articles that have a text in a state."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [*Status.choices, ("waiting", _("Published, with changes that wait"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        value = self.value()
        if value is None:
            return queryset
        texts = ArticleText.objects.filter(article=OuterRef("pk"))
        if value == "waiting":
            texts = texts.filter(live__isnull=False).exclude(live__number=F("number"))
        else:
            texts = texts.filter(status=value)
        return queryset.filter(Exists(texts))


class MissingFilter(admin.SimpleListFilter):
    """Articles that readers of a language do not get in it."""

    title = _("not published in")
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return list(near_languages(written_languages()).items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        value = self.value()
        if value is None:
            return queryset
        live = ArticleText.objects.filter(
            article=OuterRef("pk"), language=value, live__isnull=False
        )
        return queryset.exclude(Exists(live))
