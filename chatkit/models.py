"""The models: sessions, conversations, and the runs that answer in them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .fields import ExactCharField
from .managers import OwnedQuerySet, SessionQuerySet, ThreadChildQuerySet, ToolCallQuerySet


def new_id(prefix: str) -> str:
    """`prefix_` and 32 hex digits: the SDK's 8 digits collide after some ten thousand rows."""
    return f"{prefix}_{uuid.uuid4().hex}"


def new_thread_id() -> str:
    return new_id("thr")


def new_run_id() -> str:
    return new_id("run")


def new_attachment_id() -> str:
    return new_id("atc")


def active_status() -> dict[str, str]:
    return {"type": "active"}


class Session(models.Model):
    """One chat session of one user with one workflow, or one failed attempt to start one.

    The client secret is never stored: ours is a signature over `session_id`, and OpenAI's is
    only passed on.
    """

    class Issuer(models.TextChoices):
        SELF = "self", _("This site")
        OPENAI = "openai", _("OpenAI")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        REFRESHED = "refreshed", _("Refreshed")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="chatkit_sessions",
        verbose_name=_("user"),
    )
    workflow_id = models.CharField(_("workflow"), max_length=128)
    session_id = ExactCharField(_("session id"), max_length=128, unique=True, null=True, blank=True)
    issuer = models.CharField(_("answered by"), max_length=16, choices=Issuer)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.ACTIVE)
    refreshed_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="refreshed_by",
        verbose_name=_("refreshed from"),
    )
    user_label = models.CharField(
        _("client's user label"),
        max_length=128,
        blank=True,
        help_text=_("What the client sent as userId. A label, never proof of identity."),
    )
    device_label = models.CharField(
        _("client's device label"),
        max_length=128,
        blank=True,
        help_text=_("What the client sent as deviceId. A label, never proof of identity."),
    )
    auth_hash = models.CharField(max_length=128, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    error_code = models.CharField(_("error code"), max_length=64, blank=True)
    error_cause = models.CharField(_("cause"), max_length=255, blank=True)
    upstream_status = models.PositiveSmallIntegerField(_("OpenAI's status"), null=True, blank=True)
    upstream_request_id = models.CharField(_("OpenAI's request id"), max_length=128, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session record")
        verbose_name_plural = _("session records")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="chatkit_session_created"),
            models.Index(fields=["user", "status"], name="chatkit_session_user"),
        ]
        permissions = [("cancel_session", _("Can cancel sessions of other users"))]

    def __str__(self) -> str:
        return self.session_id or f"{self.get_status_display()} #{self.pk}"

    @property
    def current_status(self) -> str:
        """The status now: an active row whose time has run out reads `expired`."""
        if self.status != self.Status.ACTIVE or self.expires_at is None:
            return self.status
        return self.Status.EXPIRED if self.expires_at <= timezone.now() else self.status


class Thread(models.Model):
    """A conversation. It belongs to one user under one workflow."""

    class Source(models.TextChoices):
        CHAT = "chat", _("Chat")
        IMPORT = "import", _("Imported from OpenAI")
        CODE = "code", _("Started by the site")

    id = models.CharField(primary_key=True, max_length=64, default=new_thread_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="chatkit_threads",
        verbose_name=_("user"),
    )
    workflow_id = models.CharField(_("workflow"), max_length=128)
    title = models.CharField(_("title"), max_length=200, blank=True)
    status = models.JSONField(_("status"), default=active_status)
    allowed_image_domains = models.JSONField(_("allowed image domains"), null=True, blank=True)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    source = models.CharField(_("source"), max_length=16, choices=Source, default=Source.CHAT)
    upstream_id = ExactCharField(
        _("id at OpenAI"), max_length=128, unique=True, null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("last used"), default=timezone.now)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-updated_at", "-id"]
        indexes = [
            models.Index(
                fields=["user", "workflow_id", "-created_at", "-id"], name="chatkit_thread_owner"
            ),
            models.Index(fields=["-updated_at", "-id"], name="chatkit_thread_updated"),
        ]
        permissions = [("read_conversation", _("Can read the text of conversations"))]

    def __str__(self) -> str:
        # Not the title: it comes from the first question, which a log or a list must not tell.
        return self.id


class ThreadItem(models.Model):
    """One item of a conversation, kept whole as the SDK serialises it.

    The row's own number is the order of the items: the SDK's timestamps may be equal.
    """

    sequence = models.BigAutoField(primary_key=True)
    item_id = ExactCharField(_("item id"), max_length=128)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="items")
    type = models.CharField(_("type"), max_length=64)
    payload = models.JSONField(_("payload"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = ThreadChildQuerySet.as_manager()

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


def attachment_path(attachment: Attachment, filename: str) -> str:
    """The file's path in the storage: made of the id only, since file names can't be trusted."""
    return f"chatkit/{attachment.id[4:6]}/{attachment.id}"


class Attachment(models.Model):
    """A file that a user sent. `name` and `mime_type` are the user's claim until checked."""

    id = models.CharField(
        primary_key=True, max_length=64, default=new_attachment_id, editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chatkit_attachments"
    )
    workflow_id = models.CharField(_("workflow"), max_length=128)
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    name = models.CharField(_("file name"), max_length=255)
    mime_type = models.CharField(_("type"), max_length=128)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to=attachment_path, blank=True, max_length=255)
    payload = models.JSONField(_("payload"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "workflow_id"], name="chatkit_attachment_owner")]

    def __str__(self) -> str:
        return self.id  # not the name: it is the user's text


class Feedback(models.Model):
    """A user's vote on one item. A second vote on the same item replaces the first."""

    class Kind(models.TextChoices):
        POSITIVE = "positive", _("Positive")
        NEGATIVE = "negative", _("Negative")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="feedback")
    item_id = ExactCharField(_("item id"), max_length=128)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chatkit_feedback"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = ThreadChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "item_id", "user"], name="chatkit_feedback_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id}"


class Run(models.Model):
    """One answer, being written or ended. It does not depend on a connection."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        COMPLETED = "completed", _("Completed")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")
        INTERRUPTED = "interrupted", _("Interrupted")

    id = models.CharField(primary_key=True, max_length=64, default=new_run_id, editable=False)
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="runs", verbose_name=_("conversation")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="chatkit_runs",
        verbose_name=_("user"),
    )
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    kind = models.CharField(_("request"), max_length=64)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.RUNNING)
    # The thread's id while the run lives and NULL after: unique, so the database itself
    # keeps a thread to one run at a time (a partial index would not hold on MariaDB).
    live = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    owner = models.CharField(max_length=160, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When a client last listened: a run without listeners is stopped for a new message.
    listened_at = models.DateTimeField(null=True, blank=True, editable=False)
    stop_requested = models.BooleanField(default=False, editable=False)
    model = models.CharField(_("model"), max_length=128, blank=True)
    tokens_in = models.PositiveIntegerField(_("tokens in"), null=True, blank=True)
    tokens_cached = models.PositiveIntegerField(_("tokens cached"), null=True, blank=True)
    tokens_out = models.PositiveIntegerField(_("tokens out"), null=True, blank=True)
    first_token_ms = models.PositiveIntegerField(_("first token (ms)"), null=True, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration (ms)"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = ThreadChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="chatkit_run_created"),
            models.Index(fields=["user", "-created_at"], name="chatkit_run_user"),
        ]

    def __str__(self) -> str:
        return self.id


class RunEvent(models.Model):
    """Frames of a run, as they were sent; deleted a minute after its end.

    `number` is that of the first frame; each frame in `data` ends with an empty line.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    data = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="chatkit_run_event")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.number}"


def new_tool_call_id() -> str:
    return new_id("tcl")


class ToolCall(models.Model):
    """One call of a tool by an assistant: for whom, with which arguments and which outcome.

    A call that waits for confirmation can be taken once, by its id.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for confirmation")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        REFUSED = "refused", _("Refused")
        UNFIT = "unfit", _("Arguments did not fit")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    id = ExactCharField(primary_key=True, max_length=64, default=new_tool_call_id, editable=False)
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="tool_calls", verbose_name=_("conversation")
    )
    run = models.ForeignKey(
        Run,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tool_calls",
        verbose_name=_("run"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="chatkit_tool_calls",
        verbose_name=_("user"),
    )
    tool = models.CharField(_("tool"), max_length=64)
    arguments = models.JSONField(_("arguments"), default=dict, blank=True)
    # Of a call that waits: the arguments unmasked; removed once the user has decided.
    held = models.JSONField(null=True, blank=True, editable=False)
    item_id = ExactCharField(_("item id"), max_length=128, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=Status)
    outcome = models.CharField(_("outcome"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("called"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = ToolCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("tool call")
        verbose_name_plural = _("tool calls")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="chatkit_toolcall_created"),
            models.Index(fields=["status", "created_at"], name="chatkit_toolcall_open"),
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.id}"

    @property
    def current_status(self) -> str:
        """The status now: a call that has waited for its hour reads `expired`."""
        if self.status != self.Status.WAITING:
            return self.status
        ends = self.created_at + ToolCallQuerySet.WAITS
        return self.Status.EXPIRED if ends <= timezone.now() else self.status


class StarterPrompt(models.Model):
    """A prompt that the start screen offers."""

    label = models.CharField(_("label"), max_length=80)
    prompt = models.TextField(_("prompt"), max_length=2000)
    icon = models.CharField(
        _("icon"), max_length=64, blank=True, help_text=_("A ChatKit icon, e.g. lightbulb.")
    )
    language = models.CharField(
        _("language"),
        max_length=16,
        blank=True,
        help_text=_("A language code such as es. Empty: shown in every language."),
    )
    order = models.PositiveIntegerField(_("order"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("starter prompt")
        verbose_name_plural = _("starter prompts")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.label
