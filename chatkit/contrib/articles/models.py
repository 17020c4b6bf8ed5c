"""The models: articles, their texts in each language, every version of a text, and phrasings."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ...fields import ExactCharField
from ...knowledge.articles import LAST, SLUG
from ...knowledge.files import MAX_FILE
from ...knowledge.language import fold, words

LONGEST_SLUG = 100
# In characters. With its title and its keywords, a text of usual letters is a file that the
# folder takes, too.
LONGEST_BODY = MAX_FILE - 4096


class Article(models.Model):
    """An article: what its texts in all languages have in common."""

    slug = ExactCharField(
        _("name in the address"),
        max_length=LONGEST_SLUG,
        unique=True,
        validators=[RegexValidator(rf"\A{SLUG.pattern}\Z", _("Use a–z, 0–9 and - only."))],
        help_text=_("It stays when the title changes, so that links to the article go on working."),
    )
    order = models.PositiveIntegerField(
        _("place in the list"),
        null=True,
        blank=True,
        help_text=_("Articles with a number come first, the lowest at the top."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["slug"]
        permissions = [
            ("publish_article", _("Can publish articles, and take them back")),
        ]

    def __str__(self) -> str:
        return self.slug


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class ArticleText(models.Model):
    """An article in one language: its newest version, and the one that readers see.

    Written by `editing` alone, which keeps the versions.
    """

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="texts", verbose_name=_("article")
    )
    language = models.CharField(_("language"), max_length=16)
    title = models.CharField(_("title"), max_length=200)
    keywords = models.TextField(
        _("keywords"),
        blank=True,
        validators=[MaxLengthValidator(1000)],
        help_text=_("Other words for the topic, with commas between them."),
    )
    body = models.TextField(
        _("text"),
        blank=True,
        validators=[MaxLengthValidator(LONGEST_BODY)],
        help_text=_("Markdown. Begin each section with a heading: ## Cancel an order"),
    )
    status = models.CharField(
        _("state"), max_length=16, choices=Status, default=Status.DRAFT, editable=False
    )
    number = models.PositiveIntegerField(_("version"), default=0, editable=False)
    live = models.ForeignKey(
        "Version",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("published version"),
    )
    # When it was first published. From then on the folder's article of this name is not shown, nor
    # is it while this text is archived.
    published_at = models.DateTimeField(null=True, editable=False)
    # What its file had, so that an export writes the same: its own order, and the folder it was in
    # ("." directly in the articles' one, "" where it is named as the language).
    own_order = models.PositiveIntegerField(null=True, editable=False)
    folder = models.CharField(max_length=16, blank=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        verbose_name = _("text of an article")
        verbose_name_plural = _("texts of articles")
        ordering = ["article", "language"]
        default_permissions = ()  # those of the article count
        constraints = [
            models.UniqueConstraint(
                fields=["article", "language"], name="chatkit_articles_one_text"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def order(self) -> int:
        """Its place among the articles of its language."""
        known = [number for number in (self.own_order, self.article.order) if number is not None]
        return known[0] if known else LAST


class Step(models.TextChoices):
    """What was done to a text."""

    SAVED = "saved", _("Saved")
    REVIEW = "review", _("Sent to review")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")
    DRAFT = "draft", _("Back to draft")
    RESTORED = "restored", _("Brought back")
    IMPORTED = "imported", _("Imported")


class Version(models.Model):
    """A text as it was after one step, who took it, and when. Never changed."""

    text = models.ForeignKey(
        ArticleText, on_delete=models.CASCADE, related_name="versions", verbose_name=_("text")
    )
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    keywords = models.TextField(_("keywords"), blank=True)
    body = models.TextField(_("text"), blank=True)
    # The file that it came from or that its predecessors came from, "" for none: see `exchange`.
    file = models.TextField(blank=True, editable=False)
    status = models.CharField(_("state"), max_length=16, choices=Status)
    step = models.CharField(_("step"), max_length=16, choices=Step)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["text", "-number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="chatkit_articles_one_version")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Phrasing(models.Model):
    """A question that an article answers, in the words of who asked it. The article may be one of
    the folder."""

    text = models.CharField(_("question"), max_length=500)
    language = models.CharField(_("language"), max_length=16)
    slug = ExactCharField(
        _("article"),
        max_length=LONGEST_SLUG,
        help_text=_("The article’s name in its address."),
    )
    # Of the only workflow that has the article, where it is of its own; "" for every workflow.
    workflow_id = models.CharField(
        _("workflow"), max_length=128, blank=True, default="", db_default="", editable=False
    )
    key = models.CharField(max_length=40, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )

    class Meta:
        verbose_name = _("phrasing")
        verbose_name_plural = _("phrasings")
        ordering = ["slug", "language", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language", "workflow_id", "key"],
                name="chatkit_articles_phrasing_once",
            )
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = phrasing_key(self.text)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


def phrasing_key(text: str) -> str:
    """The same for two questions of the same words, or of the same signs where they have none."""
    folded = " ".join([fold(word) for word in words(text)] or text.split())
    return hashlib.sha1(folded.encode(), usedforsecurity=False).hexdigest()


class Vote(models.Model):
    """What a person said to "Was this helpful?" of an article, which may be one of the folder."""

    slug = ExactCharField(_("article"), max_length=LONGEST_SLUG)
    language = models.CharField(_("language"), max_length=16)
    # Of the only workflow that has the article, where it is of its own.
    workflow_id = models.CharField(max_length=128, blank=True, default="", db_default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("who")
    )
    helpful = models.BooleanField(_("helpful"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language", "workflow_id", "user"],
                name="chatkit_articles_vote_once",
            )
        ]

    def __str__(self) -> str:
        return self.slug


class Document(models.Model):
    """An uploaded file on its way to a draft. Its bytes are there until it has been read."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READING = "reading", _("Being read")
        DONE = "done", _("Draft")
        REFUSED = "refused", _("Not read")

    name = models.CharField(_("file"), max_length=200)
    language = models.CharField(_("language"), max_length=16)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=32, blank=True)  # of `documents.reasons`
    done = models.PositiveIntegerField(default=0)  # pages
    pages = models.PositiveIntegerField(default=0)
    article = models.ForeignKey(
        Article, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("article")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-pk"]
        default_permissions = ()  # who may add articles

    def __str__(self) -> str:
        return self.name


class DocumentPart(models.Model):
    """A piece of a file: no more than databases take at once."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        default_permissions = ()
        ordering = ["document", "number"]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.number}"


class Revision(models.Model):
    """One row, whose token changes with everything that readers can see."""

    token = models.CharField(max_length=32)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.token
