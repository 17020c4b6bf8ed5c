"""Conversations: threads and their items, files and votes."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import fulltext
from ..fields import ExactCharField
from ..managers import AttachmentQuerySet, ThreadChildQuerySet, ThreadItemManager, ThreadQuerySet
from .ids import new_attachment_id, new_thread_id
from .owned import Owned, delete_along, one_owner
from .said import texts_of
from .storage import files


def active_status() -> dict[str, str]:
    return {"type": "active"}


class Thread(Owned):
    """A conversation. It belongs to one user, or to one visitor, under one workflow."""

    class Source(models.TextChoices):
        CHAT = "chat", _("Chat")
        IMPORT = "import", _("Imported from OpenAI")
        CODE = "code", _("Started by the site")

    class TitledBy(models.TextChoices):
        """Where the title is from. Empty: from before this was noted, or from the site's code."""

        QUESTION = "question"
        ANSWER = "answer"
        PERSON = "person"

    class Place(models.IntegerChoices):
        """Where its person's list has it; in the order of the list."""

        PINNED = 0, _("Pinned")
        LIST = 1, _("In the list")
        ARCHIVE = 2, _("Archived")

    id = models.CharField(primary_key=True, max_length=64, default=new_thread_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=delete_along,
        null=True,
        blank=True,
        related_name="chatkit_threads",
        verbose_name=_("user"),
    )
    workflow_id = models.CharField(_("workflow"), max_length=128)
    title = models.CharField(_("title"), max_length=200, blank=True)
    # One that a person gave is never replaced; one from the question is, by one from the answer.
    titled_by = models.CharField(
        max_length=16, choices=TitledBy, blank=True, default="", editable=False
    )
    status = models.JSONField(_("status"), default=active_status)
    allowed_image_domains = models.JSONField(_("allowed image domains"), null=True, blank=True)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    # In no list, and deleted with the session in which it is used.
    temporary = models.BooleanField(_("temporary"), default=False, editable=False)
    session = models.ForeignKey(
        "chatkit.Session",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="temporary_threads",
    )
    source = models.CharField(_("source"), max_length=16, choices=Source, default=Source.CHAT)
    place = models.PositiveSmallIntegerField(
        _("place in the list"), choices=Place, default=Place.LIST, editable=False
    )
    # Deleted by its person, who may take that back for a while: hidden from then on.
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    # The last that was said, for the list; null where it has to be looked up.
    last_line = models.CharField(  # noqa: DJ001
        max_length=fulltext.LINE, null=True, blank=True, editable=False
    )
    title_words = fulltext.WordsField()
    # The course of it that is shown, and whether it has several: see `Branch`.
    branch = models.PositiveIntegerField(default=0, editable=False)
    forked = models.BooleanField(default=False, editable=False)
    upstream_id = ExactCharField(
        _("id at OpenAI"), max_length=128, unique=True, null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("last used"), default=timezone.now)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-updated_at", "-id"]
        indexes = [
            models.Index(
                fields=["user", "workflow_id", "-created_at", "-id"], name="chatkit_thread_owner"
            ),
            models.Index(fields=["-updated_at", "-id"], name="chatkit_thread_updated"),
            models.Index(
                fields=["user", "workflow_id", "place", "-updated_at", "-id"],
                name="chatkit_thread_list",
            ),
            models.Index(fields=["deleted_at"], name="chatkit_thread_deleted"),
            # Those few are looked for several times a minute.
            models.Index(fields=["temporary"], name="chatkit_thread_temporary"),
        ]
        constraints = [one_owner("thread")]
        permissions = [("read_conversation", _("Can read the text of conversations"))]

    def __str__(self) -> str:
        # Not the title: it comes from the first question, which a log or a list must not tell.
        return self.id

    def words_of_title_words(self) -> str:
        return fulltext.kept([self.title])


class ThreadItem(models.Model):
    """One item of a conversation, kept whole as the SDK serialises it.

    The row's own number is the order of the items: the SDK's timestamps may be equal.
    """

    sequence = models.BigAutoField(primary_key=True)
    item_id = ExactCharField(_("item id"), max_length=128)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="items")
    type = models.CharField(_("type"), max_length=64)
    payload = models.JSONField(_("payload"))
    # The branch that it was said in; and whether another version stands in its place.
    branch = models.PositiveIntegerField(default=0, editable=False)
    superseded = models.BooleanField(default=False, editable=False)
    # Questions that may be asked next, under the last item of an answer; null until they are
    # looked for.
    follow_ups = models.JSONField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    # By which a search finds it. Read by databases alone, so no query loads it.
    words = fulltext.WordsField(indexed=True)
    # The word of its owner, "" in a temporary conversation; None: to be looked up.
    whose: str | None = None

    objects = ThreadItemManager()

    class Meta:
        verbose_name = _("conversation item")
        verbose_name_plural = _("conversation items")
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "item_id"], name="chatkit_item_in_thread")
        ]
        indexes = [models.Index(fields=["thread", "sequence"], name="chatkit_item_order")]

    def __str__(self) -> str:
        return self.item_id

    def words_of_words(self) -> str:
        """Those of what it says, with the word of whose it is; none of a temporary conversation."""
        texts = texts_of(self.type, self.payload)
        if not texts:
            return ""
        whose = self.whose
        if whose is None:
            thread = self.thread
            whose = "" if thread.temporary else owner_of(thread.person_pk, thread.workflow_id)
        return fulltext.kept(texts, also=whose) if whose else ""


def owner_of(person_pk: object, workflow_id: str) -> str:
    """The word that stands for a person and a workflow beside the words of their items."""
    return fulltext.owner(str(person_pk), workflow_id)


FOLDER = "chatkit"  # of the storage, for all files


def attachment_path(attachment: Attachment, filename: str) -> str:
    """The file's path in the storage: made of the id, since file names can't be trusted, and of a
    random part, so that of two uploads at once none overwrites or deletes the other's."""
    return f"{FOLDER}/{attachment.id[4:6]}/{attachment.id}-{secrets.token_hex(4)}"


class Attachment(Owned):
    """A file that a user sent. Where there is no `file` yet, `name` and `mime_type` are what the
    user says; afterwards the type is by what the file holds."""

    id = models.CharField(
        primary_key=True, max_length=64, default=new_attachment_id, editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=delete_along,
        null=True,
        blank=True,
        related_name="chatkit_attachments",
    )
    workflow_id = models.CharField(_("workflow"), max_length=128)
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    name = models.CharField(_("file name"), max_length=255)
    mime_type = models.CharField(_("type"), max_length=128)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    file = models.FileField(
        _("file"), upload_to=attachment_path, storage=files, blank=True, max_length=255
    )
    # What a document says, as Markdown; null until somebody asks, "" where it has no words.
    text = models.TextField(_("text"), null=True, blank=True, editable=False)  # noqa: DJ001
    payload = models.JSONField(_("payload"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "workflow_id"], name="chatkit_attachment_owner")]
        constraints = [one_owner("attachment")]

    def __str__(self) -> str:
        return self.id  # not the name: it is the user's text


class Feedback(Owned):
    """A user's vote on one item, and why it is a bad one. A second vote on the same item replaces
    the first."""

    class Kind(models.TextChoices):
        POSITIVE = "positive", _("Positive")
        NEGATIVE = "negative", _("Negative")

    class Reason(models.TextChoices):
        """Why an answer was voted down, as its reader says it."""

        WRONG = "wrong", _("Wrong")
        OUTDATED = "outdated", _("Outdated")
        NOT_MY_QUESTION = "not_my_question", _("Not my question")
        OTHER = "other", _("Something else")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="feedback")
    item_id = ExactCharField(_("item id"), max_length=128)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=delete_along,
        null=True,
        blank=True,
        related_name="chatkit_feedback",
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason, blank=True, default="")
    comment = models.TextField(_("comment"), max_length=1000, blank=True, default="")
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = ThreadChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["kind", "-created_at", "-id"], name="chatkit_feedback_kind")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "item_id", "user"], name="chatkit_feedback_once"
            ),
            models.UniqueConstraint(
                fields=["thread", "item_id", "visitor"], name="chatkit_feedback_visitor"
            ),
            one_owner("feedback"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id}"
