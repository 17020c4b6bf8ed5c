"""The list of articles with a column for each language, and an article's page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ....admin.base import SELECT, badge, moment
from ....admin.recorded import RecordedAdmin
from .. import editing, told
from ..editing import Conflict, Content
from ..helpful import counted
from ..models import Article, ArticleText, Status, Step
from . import base
from .base import (
    CSS,
    languages,
    may_edit,
    near_languages,
    new_text_url,
    own_name,
    text_url,
    usual_text,
    written_languages,
)
from .filters import MissingFilter, StateFilter
from .forms import NewArticleForm


@admin.register(Article)
class ArticleAdmin(RecordedAdmin):
    list_filter = [StateFilter, MissingFilter]
    search_fields = ["slug", "texts__title", "texts__keywords", "texts__body"]
    search_help_text = _("Title, keywords, text, or name in the address")
    list_per_page = 50
    show_full_result_count = False
    actions = ["publish", "archive"]
    change_form_template = "admin/chatkit_articles/article/change_form.html"
    change_list_template = "admin/chatkit_articles/article/change_list.html"

    class Media:
        css = {"all": CSS}

    # -- the list --------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        texts = ArticleText.objects.defer("body", "keywords").order_by("language")
        found: QuerySet[Article] = super().get_queryset(request)
        return counted(found.prefetch_related(Prefetch("texts", texts)))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        names = near_languages(written_languages())
        columns = [column(code, name, may_edit(request)) for code, name in names.items()]
        return ["shown_title", *columns, "helped", "changed", "slug"]

    @admin.display(description=_("article"), ordering="slug")
    def shown_title(self, article: Article) -> str:
        text = usual_text(list(article.texts.all()))
        return text.title if text else article.slug

    @admin.display(description=_("helpful"), ordering="helpful_votes")
    def helped(self, article: Article) -> str:
        yes, no = article.helpful_votes or 0, article.other_votes or 0  # type: ignore[attr-defined]
        if not yes + no:
            return "–"
        return gettext("%(yes)d yes, %(no)d no") % {"yes": yes, "no": no}

    @admin.display(description=_("changed"))
    def changed(self, article: Article) -> str:
        times = [text.updated_at for text in article.texts.all()]
        return moment(max(times, default=article.created_at))

    # -- what may be done with several -------------------------------------------------------

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """As in the editor of a text, which takes both permissions."""
        user: Any = request.user
        return bool(user.has_perm(editing.PUBLISH) and may_edit(request))

    @admin.action(description=_("Publish all texts of these articles"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self.step(request, queryset, Step.PUBLISHED)

    @admin.action(description=_("Archive all texts of these articles"), permissions=["publish"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self.step(request, queryset, Step.ARCHIVED)

    def step(self, request: HttpRequest, queryset: QuerySet[Article], step: str) -> None:
        texts = ArticleText.objects.filter(article__in=list(queryset)).order_by("pk")
        if step == Step.PUBLISHED:
            texts = texts.exclude(status=Status.ARCHIVED)
        count = gone = 0
        for text in texts:
            try:
                count += editing.take_step(text, step, request.user) is not None
            except Conflict:  # deleted since it was chosen
                gone += 1
        said = ngettext("%(count)d text was changed.", "%(count)d texts were changed.", count)
        self.message_user(request, said % {"count": count}, messages.SUCCESS)
        if gone:
            said = ngettext(
                "%(count)d text was deleted meanwhile.",
                "%(count)d texts were deleted meanwhile.",
                gone,
            )
            self.message_user(request, said % {"count": gone}, messages.WARNING)

    # -- the page of one ---------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Article | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewArticleForm
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None:
            field: Any = form.base_fields["language"]
            field.widget = SELECT()
            field.choices = list(languages().items())
        return form

    def get_fields(self, request: HttpRequest, obj: Article | None = None) -> Any:
        if obj is None:
            return ["title", "language", "body", "slug", "order"]
        return ["slug", "order"]

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> Any:
        return [] if obj is None else ["slug"]

    def save_model(
        self, request: HttpRequest, obj: Article, form: ModelForm[Any], change: bool
    ) -> None:
        if change:
            if "order" in form.changed_data:
                obj.texts.update(own_order=None)
            super().save_model(request, obj, form, change)
            return
        data = form.cleaned_data
        made = editing.create_article(
            data["title"], slug=obj.slug, order=obj.order, user=request.user
        )
        content = Content.of(data["title"], data["body"])
        text = editing.create_text(made, data["language"], content, request.user)
        obj.pk, obj.slug, obj._state.adding = made.pk, made.slug, False
        request.chatkit_text = text  # type: ignore[attr-defined]

    def values(self, obj: Article) -> dict[str, Any]:
        return told.values_of_article(obj)

    def told_as(self, obj: Article) -> str:
        return told.name_of(obj)

    def response_add(
        self, request: HttpRequest, obj: Article, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to the editor of its text, unless the button says else."""
        response = super().response_add(request, obj, post_url_continue)
        if {"_addanother", "_popup"} & set(request.POST) or not may_edit(request):
            return response
        return HttpResponseRedirect(text_url(request.chatkit_text))  # type: ignore[attr-defined]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        extra = dict(extra_context or {})
        article = self.get_object(request, object_id) if object_id else None
        if article is not None:
            shown = overview(article)
            extra |= {
                "languages": shown,
                "more_languages": more_languages(article, {one["code"] for one in shown}),
                "may_edit": may_edit(request),
            }
            text = usual_text(list(article.texts.all()))
            extra["subtitle"] = text.title if text else article.slug
        return super().changeform_view(request, object_id, form_url, extra)


def overview(article: Article) -> list[dict[str, Any]]:
    """The article's languages side by side: those of the site, and others it is written in."""
    texts = {
        text.language: text
        for text in article.texts.select_related("live", "updated_by").order_by("language")
    }
    names = near_languages(texts)
    names |= {code: own_name(code) for code in texts if code not in names}
    return [
        {
            "code": code,
            "name": name,
            "text": texts.get(code),
            "state": state(texts[code]) if code in texts else "",
            "changed": moment(texts[code].updated_at) if code in texts else "",
            "edit": text_url(texts[code]) if code in texts else new_text_url(article, code),
            "versions": text_url(texts[code], "history") if code in texts else "",
        }
        for code, name in names.items()
    ]


def more_languages(article: Article, shown: set[str]) -> list[tuple[str, str, str]]:
    """The other languages that it may be written in: code, name, where that is done."""
    return [
        (code, name, new_text_url(article, code))
        for code, name in languages().items()
        if code not in shown
    ]


def state(text: ArticleText) -> SafeString:
    """A text's state in words, and whether readers see an older version."""
    shown = badge(text.status, text.get_status_display())
    if text.live_id is not None and text.status != Status.PUBLISHED:
        online = _("an older version is published")
        return format_html('{} <span class="chatkit-quiet">({})</span>', shown, online)
    return shown


@cache
def column(code: str, name: str, may_write: bool) -> Callable[[Article], SafeString | str]:
    """A column of the list: the article's state in one language, and for who may where it is
    written."""

    @admin.display(description=name)
    def language(article: Article) -> SafeString | str:
        text = next((text for text in article.texts.all() if text.language == code), None)
        if text is None and not may_write:
            return "–"
        if text is None:
            url, missing = base.new_text_url(article, code), _("Write")
            return format_html('<a class="chatkit-missing" href="{}">{}</a>', url, missing)
        return format_html('<a href="{}">{}</a>', text_url(text), state(text))

    language.__name__ = f"language_{code}"
    return language
