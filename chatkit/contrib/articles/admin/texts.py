"""The editor of a text: its form, the steps it can take, and its preview."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import NoReverseMatch, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from ....admin.base import ModelAdmin
from ....knowledge.html import render_article
from ....knowledge.language import direction, primary
from .. import differences, editing
from ..editing import Conflict, Content
from ..models import Article, ArticleText, Status, Step
from ..source import as_article
from ..told import tell_deleted
from . import history, preview
from .articles import state
from .base import CSS, EDIT, VIEW, article_url, languages, new_text_url, own_name, text_url
from .forms import DeletedForm, GoneForm, TextForm

STEPS = {
    Step.REVIEW: _("Send to review"),
    Step.PUBLISHED: _("Publish"),
    Step.ARCHIVED: _("Archive"),
    Step.DRAFT: _("Back to draft"),
}
DONE = {
    Step.REVIEW: _("“%(title)s” was sent to review."),
    Step.PUBLISHED: _("“%(title)s” is published."),
    Step.ARCHIVED: _("“%(title)s” is archived."),
    Step.DRAFT: _("“%(title)s” is a draft again."),
}


@admin.register(ArticleText)
class ArticleTextAdmin(ModelAdmin):
    """Found through the articles: it is in no index."""

    form = TextForm
    fields = ["title", "body", "keywords", "edited"]
    change_form_template = "admin/chatkit_articles/articletext/change_form.html"
    object_history_template = "admin/chatkit_articles/articletext/object_history.html"

    class Media:
        css = {"all": CSS}
        js = ["chatkit_articles/editor.js"]

    # -- who may -----------------------------------------------------------------------------

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return bool(user.has_perm(VIEW) or user.has_perm(EDIT))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return bool(user.has_perm(EDIT))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return bool(user.has_perm("chatkit_articles.delete_article"))

    def may_take(self, request: HttpRequest, text: ArticleText, step: str) -> bool:
        user: Any = request.user
        if editing.needs_publisher(text, step) and not user.has_perm(editing.PUBLISH):
            return False
        return self.has_change_permission(request)

    # -- addresses ---------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        site, name = self.admin_site, "chatkit_articles_articletext"
        own = [
            path(
                "preview/",
                site.admin_view(lambda request: preview.preview(self, request)),
                name=f"{name}_preview",
            ),
            path(
                "<int:object_id>/restore/",
                site.admin_view(
                    lambda request, object_id: history.restore(self, request, object_id)
                ),
                name=f"{name}_restore",
            ),
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:chatkit_articles_article_changelist"))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        text = self.get_object(request, object_id)
        if text is None:
            raise Http404("There is no such text.")
        if not self.has_view_permission(request, text):
            raise PermissionDenied
        return history.versions(self, request, text)

    # -- the form ----------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """A new text of `?article=ID&language=CODE`; without them, on to a new article."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        article, language = self.asked(request)
        if article is None:
            if request.method == "POST":
                return self.gone(request, None, language)
            return HttpResponseRedirect(reverse("admin:chatkit_articles_article_add"))
        there = article.texts.filter(language=language).first()
        if there is None:
            extra = {
                "title": _("Write “%(article)s” in another language: %(language)s")
                % {"article": article.slug, "language": own_name(language)},
                "beside": beside(request, article, language),
                "article_url": article_url(article),
            }
            try:
                return self.empty(request, article, language, extra | (extra_context or {}))
            except IntegrityError:  # begun, or its article deleted, between the look and the save
                there = article.texts.filter(language=language).first()
                if there is None:
                    return self.gone(request, None, language)
        if request.method == "POST":
            # To the form this is a text that was changed meanwhile: it shows both.
            return self.changeform_view(request, str(there.pk), text_url(there), extra_context)
        return HttpResponseRedirect(text_url(there))

    def gone(self, request: HttpRequest, article: Article | None, language: str) -> Any:
        """The form as it was sent, where its text or article was deleted meanwhile: what somebody
        wrote is shown, not lost. Sent again it makes a new text, where there is the article."""
        request.chatkit_gone = GoneForm if article is None else DeletedForm  # type: ignore[attr-defined]
        return self.empty(request, article, language, {"title": _("What you wrote")})

    def empty(
        self, request: HttpRequest, article: Article | None, language: str, extra: dict[str, Any]
    ) -> Any:
        """The form of a text that is not there."""
        url = new_text_url(article, language) if article else ""
        extra = {
            "own_url": url,
            "preview_url": reverse("admin:chatkit_articles_articletext_preview"),
            "language": language,
            "direction": direction(language),
        } | extra
        return super().changeform_view(request, None, url, extra)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = getattr(request, "chatkit_gone", self.form)
        return super().get_form(request, obj, change, **kwargs)

    def asked(self, request: HttpRequest) -> tuple[Article | None, str]:
        return self.asked_of(request.GET)

    @staticmethod
    def asked_of(query: QueryDict) -> tuple[Article | None, str]:
        """The article and the language that an address or a form names."""
        number, language = query.get("article", ""), query.get("language", "")
        if language not in languages() or not (number.isascii() and number.isdigit()):
            return None, language
        return Article.objects.filter(pk=int(number[:18])).first(), language

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return self.shown_or_gone(request, object_id, form_url, extra_context)
        except (Conflict, ArticleText.DoesNotExist):
            # Somebody saved or deleted it between the form's look and its save: now it sees that.
            return self.shown_or_gone(request, object_id, form_url, extra_context)

    def shown_or_gone(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> Any:
        sent = request.method == "POST" and object_id is not None
        if sent and self.get_object(request, object_id) is None:  # type: ignore[arg-type]
            if not self.has_change_permission(request):
                raise PermissionDenied
            article, language = self.asked_of(request.POST)
            return self.gone(request, article, language)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context["show_save_and_add_another"] = False  # of which article?
        if obj is not None:
            context |= self.around(request, obj)
        conflict = getattr(context["adminform"].form, "conflict", None)
        if conflict is not None:
            context |= changed_meanwhile(conflict, context["adminform"].form.edited_number)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def around(self, request: HttpRequest, text: ArticleText) -> dict[str, Any]:
        """What stands around the form of a text."""
        text = ArticleText.objects.select_related("article", "live", "updated_by").get(pk=text.pk)
        steps = [
            (step, label, editing.goes_offline(text, step) and text.live_id is not None)
            for step, label in STEPS.items()
            if self.may_take(request, text, step) and is_open(text, step)
        ]
        return {
            "subtitle": f"{text.title} · {own_name(text.language)}",
            "text": text,
            "state": state(text),
            "steps": steps,
            "beside": beside(request, text.article, text.language),
            "preview_url": reverse("admin:chatkit_articles_articletext_preview"),
            "page_url": page_url(text),
            "own_url": text_url(text),
            "article_url": article_url(text.article),
            "language": text.language,
            "direction": direction(text.language),
            "needs_publisher": not request.user.has_perm(editing.PUBLISH),
        }

    def save_model(
        self, request: HttpRequest, obj: ArticleText, form: ModelForm[Any], change: bool
    ) -> None:
        assert isinstance(form, TextForm)
        content = form.content()
        if not change:
            article, language = self.asked(request)
            if article is None:
                raise PermissionDenied
            made = editing.create_text(article, language, content, request.user)
            obj.pk, obj._state.adding = made.pk, False
            return
        step = request.POST.get("_step", Step.SAVED)
        if step not in STEPS:
            step = Step.SAVED
        if step != Step.SAVED and not self.may_take(request, obj, step):
            raise PermissionDenied
        editing.take_step(obj, step, request.user, content=content, expected=form.edited_number)

    def response_change(self, request: HttpRequest, obj: ArticleText) -> HttpResponse:
        step = request.POST.get("_step")
        if step not in STEPS:
            return super().response_change(request, obj)
        said = DONE[Step(step)] % {"title": obj.title}
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(text_url(obj))

    def response_post_save_change(
        self, request: HttpRequest, obj: ArticleText
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(article_url(obj.article))

    def response_post_save_add(
        self, request: HttpRequest, obj: ArticleText
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(text_url(ArticleText.objects.get(pk=obj.pk)))

    def delete_model(self, request: HttpRequest, obj: ArticleText) -> None:
        with transaction.atomic():
            tell_deleted(request.user, obj)
            obj.delete()


def is_open(text: ArticleText, step: str) -> bool:
    """Whether a step leads anywhere from where the text is."""
    if step == Step.PUBLISHED:
        return True  # what is in the form may be new
    return text.status != step


def changed_meanwhile(current: ArticleText, edited_number: int) -> dict[str, Any]:
    """What others have changed since the version that was edited."""
    edited = current.versions.filter(number=edited_number).first()
    before = Content.saved(edited) if edited else Content("", "")
    return {
        "conflict": current,
        "conflict_rows": differences.compare(before, Content.saved(current)),
    }


def beside(request: HttpRequest, article: Article, language: str) -> dict[str, Any]:
    """The article in another language, to be read while one writes: `?beside=CODE`, else the
    first that is published, else any."""
    texts = list(article.texts.exclude(language=language).select_related("article", "live"))
    if not texts:
        return {}
    wanted = primary(request.GET.get("beside", ""))
    chosen = min(
        texts,
        key=lambda text: (text.language != wanted, text.status != Status.PUBLISHED, text.pk),
    )
    return {
        "text": chosen,
        "name": own_name(chosen.language),
        "direction": direction(chosen.language),
        "html": render_article(as_article(chosen)),
        "others": [(text.language, own_name(text.language)) for text in texts if text != chosen],
    }


def page_url(text: ArticleText) -> str:
    """The page on which readers see the text, "" where the site has none."""
    try:
        url = reverse("chatkit:help-article", args=[text.article.slug])
    except NoReverseMatch:
        return ""
    query = {} if text.status == Status.PUBLISHED else {"draft": "1"}
    return f"{url}?{urlencode(query | {'language': text.language})}"
