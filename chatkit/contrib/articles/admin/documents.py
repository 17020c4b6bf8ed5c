"""Documents: the page where they are uploaded, and the list that says what became of each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from ....admin.base import SELECT, ReaderAdmin, may_follow, moment
from ....documents.drafts import MAX_BYTES, MAX_PAGES
from ....knowledge.language import primary
from ..documents import reading, tasks
from ..documents.reasons import sentence
from ..models import Document
from .base import CSS, languages, own_name, text_url, usual_text

ADD = "chatkit_articles.add_article"
AT_ONCE = 20  # files
KINDS = ".pdf,.docx,.html,.htm,.txt,.csv,.tsv,.md"
REFRESH = "2"  # seconds, while something is being read


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files. An empty one is a document like others: it gets its sentence."""

    def __init__(self, **kwargs: Any) -> None:
        widget = FilesInput(attrs={"accept": KINDS, "class": "chatkit-files"})
        super().__init__(widget=widget, allow_empty_file=True, max_length=1000, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if len(files) > AT_ONCE:
            said = _("At most %(count)d files at once.") % {"count": AT_ONCE}
            raise forms.ValidationError(said)
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


class UploadForm(forms.Form):
    documents = FilesField(label=_("Files"))
    language = forms.ChoiceField(label=_("Language"), help_text=_("Which the files are written in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["language"]
        field.widget = SELECT()
        field.choices = list(languages().items())
        field.initial = primary(get_language() or "en")


@admin.register(Document)
class DocumentAdmin(ReaderAdmin):
    list_display = ["shown_name", "shown_state", "shown_language", "user", "when"]
    list_display_links = None
    list_select_related = ["article", "user"]
    list_per_page = 50
    actions = None

    class Media:
        css = {"all": [*CSS, "chatkit_articles/documents.css"]}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.has_perm(ADD))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and self.has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The list; while a document is being read, browsers ask for it again by themselves."""
        if self.has_add_permission(request):
            reading.tidy()
        extra = {"title": _("Documents")} | (extra_context or {})
        response = super().changelist_view(request, extra)
        working = [Document.State.WAITING, Document.State.READING]
        if request.method == "GET" and Document.objects.filter(state__in=working).exists():
            response["Refresh"] = REFRESH
        return response

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """GET the form; POST files, language: each file becomes a document that is read."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            self.take(request, form)
            return HttpResponseRedirect(reverse("admin:chatkit_articles_document_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Make drafts of documents"),
            "opts": self.opts,
            "form": form,
            "media": self.media,
            "size": MAX_BYTES // (1024 * 1024),
            "pages": MAX_PAGES,
            "has_view_permission": True,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/chatkit_articles/document/upload.html", context)

    def take(self, request: HttpRequest, form: UploadForm) -> None:
        files = form.cleaned_data["documents"]
        for file in files:
            # One byte more than may be: enough to tell that it is too large.
            data = file.read(MAX_BYTES + 1)
            name = file.name or ""
            document = reading.keep(name, data, form.cleaned_data["language"], request.user)
            if document.state == Document.State.WAITING:
                tasks.start(document.pk)
        said = ngettext(
            "%(count)d document was uploaded.", "%(count)d documents were uploaded.", len(files)
        )
        self.message_user(request, said % {"count": len(files)}, messages.SUCCESS)

    # -- columns -------------------------------------------------------------------------------

    @admin.display(description=_("file"), ordering="name")
    def shown_name(self, document: Document) -> SafeString:
        return format_html("<bdi>{}</bdi>", document.name)

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, document: Document) -> SafeString | str:
        state = document.state
        if state == Document.State.REFUSED:
            return format_html('<span class="chatkit-refused">{}</span>', sentence(document.reason))
        if state == Document.State.DONE:
            text = usual_text(list(document.article.texts.all())) if document.article else None
            if text is None:
                return str(_("The draft has been deleted."))
            if not may_follow(document, "chatkit_articles.article"):
                return format_html("{} <bdi>{}</bdi>", _("Draft:"), text.title)
            link = '<a href="{}">{} <bdi>{}</bdi></a>'
            return format_html(link, text_url(text), _("Draft:"), text.title)
        if not document.pages:
            return format_html("<progress></progress> {}", document.get_state_display())
        said = _("Page %(done)d of %(pages)d") % {"done": document.done, "pages": document.pages}
        bar = '<progress value="{}" max="{}"></progress> {}'
        return format_html(bar, document.done, document.pages, said)

    @admin.display(description=_("language"), ordering="language")
    def shown_language(self, document: Document) -> str:
        return own_name(document.language)

    @admin.display(description=_("when"), ordering="pk")
    def when(self, document: Document) -> str:
        return moment(document.created_at)
