"""All tables of the app, in one step for a new database; one that has the migrations of before
the first release goes on as it is.

SQLite's index of words is made after each `migrate`: see `chatkit.fulltext.sqlite`.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import chatkit.fields
import chatkit.fulltext.field
import chatkit.models.conversation
import chatkit.models.ids
import chatkit.models.storage
from chatkit.fulltext.lookup import POSTGRES_INDEX

NAME = "chatkit_item_words"
TABLE = "chatkit_threaditem"


def add_index(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX {NAME} ON {TABLE} {POSTGRES_INDEX}")
    elif vendor == "mysql":
        schema_editor.execute(f"ALTER TABLE {TABLE} ADD FULLTEXT INDEX {NAME} (words)")


def remove_index(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")
    elif connection.vendor == "mysql":
        schema_editor.execute(f"ALTER TABLE {TABLE} DROP INDEX {NAME}")
    elif connection.vendor == "sqlite":
        # The column goes next, which its triggers name.
        with connection.cursor() as cursor:
            for kind in ("insert", "update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS chatkit_threaditem_words_{kind}")
            cursor.execute("DROP TABLE IF EXISTS chatkit_threaditem_words")


class Migration(migrations.Migration):
    initial = True
    # Those of before the first release.
    replaces = [
        ("chatkit", "0002_run_outcome"),
        ("chatkit", "0003_earlier_outcomes"),
        ("chatkit", "0004_run_key"),
        ("chatkit", "0005_run_editors_told_at"),
        ("chatkit", "0006_tool_call_counts"),
        ("chatkit", "0007_feedback_reason"),
        ("chatkit", "0008_thread_temporary"),
        ("chatkit", "0009_starter_prompt_group"),
        ("chatkit", "0010_attachment_text"),
        ("chatkit", "0011_templates_and_named"),
        ("chatkit", "0012_thread_titled_by"),
        ("chatkit", "0013_thread_list"),
        ("chatkit", "0014_words"),
        ("chatkit", "0015_starter_prompt_workflow"),
        ("chatkit", "0016_agent_session"),
        ("chatkit", "0017_feedback_kind"),
        ("chatkit", "0018_branches"),
        ("chatkit", "0019_share"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "icon",
                    models.CharField(
                        blank=True,
                        help_text="A ChatKit icon, e.g. lightbulb.",
                        max_length=64,
                        verbose_name="icon",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        help_text="A language code such as es. Empty: shown in every language.",
                        max_length=16,
                        verbose_name="language",
                    ),
                ),
                ("order", models.PositiveIntegerField(default=0, verbose_name="order")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("label", models.CharField(max_length=80, verbose_name="label")),
                (
                    "text",
                    models.TextField(
                        help_text="Fields to fill in are written as {{customer}}.",
                        max_length=2000,
                        verbose_name="text",
                    ),
                ),
                (
                    "start_screen",
                    models.BooleanField(
                        default=True,
                        help_text="Offered on the start screen, too.",
                        verbose_name="start screen",
                    ),
                ),
                (
                    "uses",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="uses"),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: shown to everybody.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="auth.group",
                        verbose_name="group",
                    ),
                ),
            ],
            options={
                "verbose_name": "message template",
                "verbose_name_plural": "message templates",
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("workflow_id", models.CharField(max_length=128, verbose_name="workflow")),
                (
                    "session_id",
                    chatkit.fields.ExactCharField(
                        blank=True,
                        max_length=128,
                        null=True,
                        unique=True,
                        verbose_name="session id",
                    ),
                ),
                (
                    "issuer",
                    models.CharField(
                        choices=[("self", "This site"), ("openai", "OpenAI")],
                        max_length=16,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("refreshed", "Refreshed"),
                            ("expired", "Expired"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="active",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                (
                    "user_label",
                    models.CharField(
                        blank=True,
                        help_text="What the client sent as userId. A label, never proof of identity.",
                        max_length=128,
                        verbose_name="client's user label",
                    ),
                ),
                (
                    "device_label",
                    models.CharField(
                        blank=True,
                        help_text="What the client sent as deviceId. A label, never proof of identity.",
                        max_length=128,
                        verbose_name="client's device label",
                    ),
                ),
                ("auth_hash", models.CharField(blank=True, editable=False, max_length=128)),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                (
                    "error_code",
                    models.CharField(blank=True, max_length=64, verbose_name="error code"),
                ),
                ("error_cause", models.CharField(blank=True, max_length=255, verbose_name="cause")),
                (
                    "upstream_status",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="OpenAI's status"
                    ),
                ),
                (
                    "upstream_request_id",
                    models.CharField(
                        blank=True, max_length=128, verbose_name="OpenAI's request id"
                    ),
                ),
                (
                    "refreshed_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="refreshed_by",
                        to="chatkit.session",
                        verbose_name="refreshed from",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chatkit_sessions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "session record",
                "verbose_name_plural": "session records",
                "ordering": ["-created_at", "-id"],
                "permissions": [("cancel_session", "Can cancel sessions of other users")],
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="chatkit_session_created"),
                    models.Index(fields=["user", "status"], name="chatkit_session_user"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StarterPrompt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "icon",
                    models.CharField(
                        blank=True,
                        help_text="A ChatKit icon, e.g. lightbulb.",
                        max_length=64,
                        verbose_name="icon",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        help_text="A language code such as es. Empty: shown in every language.",
                        max_length=16,
                        verbose_name="language",
                    ),
                ),
                ("order", models.PositiveIntegerField(default=0, verbose_name="order")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("label", models.CharField(max_length=80, verbose_name="label")),
                ("prompt", models.TextField(max_length=2000, verbose_name="prompt")),
                (
                    "workflow_id",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Empty: shown in all.",
                        max_length=64,
                        verbose_name="workflow",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: shown to everybody.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="auth.group",
                        verbose_name="group",
                    ),
                ),
            ],
            options={
                "verbose_name": "starter prompt",
                "verbose_name_plural": "starter prompts",
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Thread",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=chatkit.models.ids.new_thread_id,
                        editable=False,
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workflow_id", models.CharField(max_length=128, verbose_name="workflow")),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                (
                    "titled_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("question", "Question"),
                            ("answer", "Answer"),
                            ("person", "Person"),
                        ],
                        default="",
                        editable=False,
                        max_length=16,
                    ),
                ),
                (
                    "status",
                    models.JSONField(
                        default=chatkit.models.conversation.active_status, verbose_name="status"
                    ),
                ),
                (
                    "allowed_image_domains",
                    models.JSONField(blank=True, null=True, verbose_name="allowed image domains"),
                ),
                ("metadata", models.JSONField(blank=True, default=dict, verbose_name="metadata")),
                (
                    "temporary",
                    models.BooleanField(default=False, editable=False, verbose_name="temporary"),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("chat", "Chat"),
                            ("import", "Imported from OpenAI"),
                            ("code", "Started by the site"),
                        ],
                        default="chat",
                        max_length=16,
                        verbose_name="source",
                    ),
                ),
                (
                    "place",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Pinned"), (1, "In the list"), (2, "Archived")],
                        default=1,
                        editable=False,
                        verbose_name="place in the list",
                    ),
                ),
                (
                    "deleted_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="deleted"
                    ),
                ),
                (
                    "last_line",
                    models.CharField(blank=True, editable=False, max_length=160, null=True),
                ),
                (
                    "title_words",
                    chatkit.fulltext.field.WordsField(blank=True, editable=False, null=True),
                ),
                ("branch", models.PositiveIntegerField(default=0, editable=False)),
                ("forked", models.BooleanField(default=False, editable=False)),
                (
                    "upstream_id",
                    chatkit.fields.ExactCharField(
                        blank=True,
                        max_length=128,
                        null=True,
                        unique=True,
                        verbose_name="id at OpenAI",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="last used"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="temporary_threads",
                        to="chatkit.session",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chatkit_threads",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "conversation",
                "verbose_name_plural": "conversations",
                "ordering": ["-updated_at", "-id"],
                "permissions": [("read_conversation", "Can read the text of conversations")],
                "indexes": [
                    models.Index(
                        fields=["user", "workflow_id", "-created_at", "-id"],
                        name="chatkit_thread_owner",
                    ),
                    models.Index(fields=["-updated_at", "-id"], name="chatkit_thread_updated"),
                    models.Index(
                        fields=["user", "workflow_id", "place", "-updated_at", "-id"],
                        name="chatkit_thread_list",
                    ),
                    models.Index(fields=["deleted_at"], name="chatkit_thread_deleted"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("branch", models.PositiveIntegerField(default=0, editable=False)),
                ("until_sequence", models.BigIntegerField(editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                ("opened", models.PositiveIntegerField(default=0, verbose_name="times opened")),
                (
                    "last_opened_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last opened"),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="chatkit.thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "shared link",
                "verbose_name_plural": "shared links",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["thread", "-created_at", "-id"], name="chatkit_share_thread"
                    ),
                    models.Index(fields=["expires_at"], name="chatkit_share_expires"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=chatkit.models.ids.new_run_id,
                        editable=False,
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=64, verbose_name="request")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("completed", "Completed"),
                            ("stopped", "Stopped"),
                            ("failed", "Failed"),
                            ("interrupted", "Interrupted"),
                        ],
                        default="running",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answered", "Answered"),
                            ("clarified", "Asked back"),
                            ("not_found", "No answer found"),
                            ("refused", "Refused"),
                            ("handed_over", "Handed over"),
                            ("failed", "Failed"),
                            ("stopped", "Stopped"),
                            ("interrupted", "Interrupted"),
                            ("unknown", "Unknown"),
                        ],
                        default="",
                        editable=False,
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "searched",
                    models.JSONField(
                        blank=True, default=list, editable=False, verbose_name="searched"
                    ),
                ),
                (
                    "cited",
                    models.JSONField(
                        blank=True, default=list, editable=False, verbose_name="cited"
                    ),
                ),
                (
                    "named",
                    models.JSONField(
                        blank=True, default=list, editable=False, verbose_name="named"
                    ),
                ),
                (
                    "editors_told_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="editors told"
                    ),
                ),
                (
                    "live",
                    models.CharField(
                        blank=True, editable=False, max_length=64, null=True, unique=True
                    ),
                ),
                ("owner", models.CharField(blank=True, editable=False, max_length=160)),
                (
                    "key",
                    chatkit.fields.ExactCharField(
                        blank=True, editable=False, max_length=64, null=True
                    ),
                ),
                ("heartbeat_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("listened_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("stop_requested", models.BooleanField(default=False, editable=False)),
                ("model", models.CharField(blank=True, max_length=128, verbose_name="model")),
                (
                    "tokens_in",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="tokens in"),
                ),
                (
                    "tokens_cached",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="tokens cached"
                    ),
                ),
                (
                    "tokens_out",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="tokens out"),
                ),
                (
                    "first_token_ms",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="first token (ms)"
                    ),
                ),
                (
                    "duration_ms",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="duration (ms)"
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=255, verbose_name="error")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="started"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chatkit_runs",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="chatkit.session",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="chatkit.thread",
                        verbose_name="conversation",
                    ),
                ),
            ],
            options={
                "verbose_name": "run",
                "verbose_name_plural": "runs",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="chatkit_run_created"),
                    models.Index(fields=["user", "-created_at"], name="chatkit_run_user"),
                    models.Index(
                        fields=["outcome", "-created_at", "-id"], name="chatkit_run_outcome"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "key"), name="chatkit_run_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_id", chatkit.fields.ExactCharField(max_length=128, verbose_name="item id")),
                (
                    "kind",
                    models.CharField(
                        choices=[("positive", "Positive"), ("negative", "Negative")],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wrong", "Wrong"),
                            ("outdated", "Outdated"),
                            ("not_my_question", "Not my question"),
                            ("other", "Something else"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="reason",
                    ),
                ),
                (
                    "comment",
                    models.TextField(
                        blank=True, default="", max_length=1000, verbose_name="comment"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chatkit_feedback",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feedback",
                        to="chatkit.thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "feedback",
                "verbose_name_plural": "feedback",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["kind", "-created_at", "-id"], name="chatkit_feedback_kind"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("thread", "item_id", "user"), name="chatkit_feedback_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Branch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("parent", models.PositiveIntegerField(null=True)),
                ("after", models.BigIntegerField(default=0)),
                ("used_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="branches",
                        to="chatkit.thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "branch",
                "verbose_name_plural": "branches",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("thread", "number"), name="chatkit_branch_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=chatkit.models.ids.new_attachment_id,
                        editable=False,
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workflow_id", models.CharField(max_length=128, verbose_name="workflow")),
                ("name", models.CharField(max_length=255, verbose_name="file name")),
                ("mime_type", models.CharField(max_length=128, verbose_name="type")),
                (
                    "size",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="size in bytes"
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        max_length=255,
                        storage=chatkit.models.storage.files,
                        upload_to=chatkit.models.conversation.attachment_path,
                        verbose_name="file",
                    ),
                ),
                (
                    "text",
                    models.TextField(blank=True, editable=False, null=True, verbose_name="text"),
                ),
                ("payload", models.JSONField(blank=True, default=dict, verbose_name="payload")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chatkit_attachments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="chatkit.thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["user", "workflow_id"], name="chatkit_attachment_owner")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgentSession",
            fields=[
                (
                    "id",
                    chatkit.fields.ExactCharField(
                        editable=False, max_length=128, primary_key=True, serialize=False
                    ),
                ),
                ("agent_id", models.CharField(max_length=128)),
                ("question_id", chatkit.fields.ExactCharField(blank=True, max_length=128)),
                ("turn_id", chatkit.fields.ExactCharField(blank=True, max_length=128)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("used_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=255)),
                ("try_after", models.DateTimeField(blank=True, null=True)),
                (
                    "thread",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agent_sessions",
                        to="chatkit.thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "agent session",
                "verbose_name_plural": "agent sessions",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ThreadItem",
            fields=[
                ("sequence", models.BigAutoField(primary_key=True, serialize=False)),
                ("item_id", chatkit.fields.ExactCharField(max_length=128, verbose_name="item id")),
                ("type", models.CharField(max_length=64, verbose_name="type")),
                ("payload", models.JSONField(verbose_name="payload")),
                ("branch", models.PositiveIntegerField(default=0, editable=False)),
                ("superseded", models.BooleanField(default=False, editable=False)),
                ("follow_ups", models.JSONField(blank=True, editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                ("words", chatkit.fulltext.field.WordsField(blank=True, editable=False, null=True)),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="chatkit.thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "conversation item",
                "verbose_name_plural": "conversation items",
                "ordering": ["sequence"],
                "indexes": [models.Index(fields=["thread", "sequence"], name="chatkit_item_order")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("thread", "item_id"), name="chatkit_item_in_thread"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ToolCall",
            fields=[
                (
                    "id",
                    chatkit.fields.ExactCharField(
                        default=chatkit.models.ids.new_tool_call_id,
                        editable=False,
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("tool", models.CharField(max_length=64, verbose_name="tool")),
                ("arguments", models.JSONField(blank=True, default=dict, verbose_name="arguments")),
                ("held", models.JSONField(blank=True, editable=False, null=True)),
                (
                    "item_id",
                    chatkit.fields.ExactCharField(
                        blank=True, max_length=128, verbose_name="item id"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for confirmation"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("refused", "Refused"),
                            ("unfit", "Arguments did not fit"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                        ],
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=255, verbose_name="outcome")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="called"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tool_calls",
                        to="chatkit.run",
                        verbose_name="run",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tool_calls",
                        to="chatkit.thread",
                        verbose_name="conversation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chatkit_tool_calls",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "tool call",
                "verbose_name_plural": "tool calls",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="chatkit_toolcall_created"),
                    models.Index(fields=["status", "created_at"], name="chatkit_toolcall_open"),
                    models.Index(
                        fields=["created_at", "tool", "status"], name="chatkit_toolcall_counts"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("data", models.TextField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="chatkit.run",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "number"), name="chatkit_run_event")
                ],
            },
        ),
        migrations.RunPython(add_index, remove_index, atomic=False),
    ]
