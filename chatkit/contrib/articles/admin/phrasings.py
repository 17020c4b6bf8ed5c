"""Questions that articles answer, in the words of who asked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ....admin.choosing import Choices, ChoosingAdmin
from ....knowledge.articles import SLUG
from ..models import Phrasing, phrasing_key
from ..told import told_of
from .base import CSS, languages
from .forms import ModelForm


class PhrasingForm(ModelForm):
    class Meta:
        model = Phrasing
        fields = ("text", "language", "slug")

    def clean_slug(self) -> str:
        """As an import takes it, so that what is exported can come back."""
        slug: str = self.cleaned_data["slug"]
        if not SLUG.fullmatch(slug):
            raise ValidationError(_("Use a–z, 0–9 and - only."))
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        same = Phrasing.objects.filter(
            slug=cleaned.get("slug", ""),
            language=cleaned.get("language", ""),
            workflow_id=self.instance.workflow_id,
            key=phrasing_key(cleaned.get("text", "")),
        )
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("The article has this phrasing already."))
        return cleaned


@admin.register(Phrasing)
class PhrasingAdmin(ChoosingAdmin):
    withheld = ("text",)
    form = PhrasingForm
    list_display = ["text", "language", "slug", "workflow_id"]
    list_filter = ["language"]
    search_fields = ["text", "slug"]

    class Media:
        css = {"all": CSS}

    def offered(self) -> dict[str, Choices]:
        return {"language": list(languages().items())}

    def save_model(self, request: HttpRequest, obj: Phrasing, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def values(self, obj: Phrasing) -> dict[str, Any]:
        return told_of(obj)

    def told_as(self, obj: Phrasing) -> str:
        return obj.slug
