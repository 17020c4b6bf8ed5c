"""Forms of articles and their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ....admin.base import TEXT_INPUT, TEXTAREA
from ..editing import Content, is_heading
from ..models import LONGEST_BODY, Article, ArticleText

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm


class TextForm(ModelForm):
    """A text to edit. `edited` is the number of the version that was opened; where there is a newer
    one by now, `conflict` is the text as it is, and the form is not valid until it is sent again.
    """

    edited = forms.IntegerField(required=False, widget=forms.HiddenInput)
    conflict: ArticleText | None = None

    class Meta:
        model = ArticleText
        fields = ("title", "keywords", "body")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "edited" in self.fields:
            self.fields["edited"].initial = self.instance.number
        if "body" in self.fields:
            # As Django's own sets it, but in the direction of the text.
            self.fields["body"].widget.attrs.update(rows=24, dir="auto", spellcheck="true")
            self.fields["keywords"].widget.attrs.update(rows=3, dir="auto")
            self.fields["title"].widget.attrs.update(dir="auto")

    def clean_title(self) -> str:
        return heading(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.edited_number = cleaned.get("edited") or 0
        if self.instance.pk:
            current = ArticleText.objects.select_related("updated_by").get(pk=self.instance.pk)
            if current.number != self.edited_number:
                self.conflict = current
                # Sent again, it is a change of what is there now.
                number = {self.add_prefix("edited"): str(current.number)}
                self.data = {**self.data.dict(), **number}  # type: ignore[attr-defined]
                raise forms.ValidationError(
                    _(
                        "This text was changed while you were editing it. Nothing is lost: what "
                        "you wrote is below, and so is what has changed. Take over what should "
                        "stay, and save again."
                    ),
                    code="conflict",
                )
        return cleaned

    def content(self) -> Content:
        cleaned = self.cleaned_data
        return Content.of(cleaned["title"], cleaned["body"], cleaned.get("keywords", ""))


class DeletedForm(TextForm):
    """What somebody wrote into a text that was deleted meanwhile: not valid until it is sent again,
    as a new one."""

    told = _(
        "This text was deleted while you were editing it. Nothing is lost: what you wrote is "
        "below. Save again to make a new text of it."
    )

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError(self.told, code="deleted")


class GoneForm(DeletedForm):
    """The same, where there is no article any more that could have it."""

    told = _(
        "This article was deleted while you were editing it. Nothing is lost: what you wrote is "
        "below. Copy it into a new article to keep it."
    )


class NewArticleForm(ModelForm):
    """A new article with its first text."""

    language = forms.ChoiceField(label=_("Language"))
    title = forms.CharField(
        label=_("Title"), max_length=200, widget=TEXT_INPUT(attrs={"dir": "auto"})
    )
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST_BODY,
        widget=TEXTAREA(attrs={"rows": 16, "dir": "auto"}),
        help_text=ArticleText._meta.get_field("body").help_text,
    )

    class Meta:
        model = Article
        fields = ("slug", "order")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _(
            "Left empty, it is made of the title. It stays when the title changes."
        )

    def clean_title(self) -> str:
        return heading(self.cleaned_data["title"])


def heading(title: str) -> str:
    title = " ".join(title.split())
    if not is_heading(title):
        raise forms.ValidationError(_("This can’t be a heading. Add a word to it."))
    return title
