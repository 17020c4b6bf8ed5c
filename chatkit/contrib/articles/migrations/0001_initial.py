import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import chatkit.fields


class Migration(migrations.Migration):
    initial = True
    # Those of before the first release.
    replaces = [
        ("chatkit_articles", "0002_vote"),
        ("chatkit_articles", "0003_documents"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=32)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    chatkit.fields.ExactCharField(
                        help_text="It stays when the title changes, so that links to the article go on working.",
                        max_length=100,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[a-z0-9-]+\\Z", "Use a–z, 0–9 and - only."
                            )
                        ],
                        verbose_name="name in the address",
                    ),
                ),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Articles with a number come first, the lowest at the top.",
                        null=True,
                        verbose_name="place in the list",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
            ],
            options={
                "verbose_name": "article",
                "verbose_name_plural": "articles",
                "ordering": ["slug"],
                "permissions": [("publish_article", "Can publish articles, and take them back")],
            },
        ),
        migrations.CreateModel(
            name="ArticleText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=16, verbose_name="language")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "keywords",
                    models.TextField(
                        blank=True,
                        help_text="Other words for the topic, with commas between them.",
                        validators=[django.core.validators.MaxLengthValidator(1000)],
                        verbose_name="keywords",
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. Begin each section with a heading: ## Cancel an order",
                        validators=[django.core.validators.MaxLengthValidator(520192)],
                        verbose_name="text",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("review", "In review"),
                            ("published", "Published"),
                            ("archived", "Archived"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="version"),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("own_order", models.PositiveIntegerField(editable=False, null=True)),
                ("folder", models.CharField(blank=True, editable=False, max_length=16)),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="changed"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="chatkit_articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of an article",
                "verbose_name_plural": "texts of articles",
                "ordering": ["article", "language"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "language"), name="chatkit_articles_one_text"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("language", models.CharField(max_length=16, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("reading", "Being read"),
                            ("done", "Draft"),
                            ("refused", "Not read"),
                        ],
                        default="waiting",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=32)),
                ("done", models.PositiveIntegerField(default=0)),
                ("pages", models.PositiveIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="when"),
                ),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "article",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="chatkit_articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ["-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DocumentPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="chatkit_articles.document",
                    ),
                ),
            ],
            options={
                "ordering": ["document", "number"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("keywords", models.TextField(blank=True, verbose_name="keywords")),
                ("body", models.TextField(blank=True, verbose_name="text")),
                ("file", models.TextField(blank=True, editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("review", "In review"),
                            ("published", "Published"),
                            ("archived", "Archived"),
                        ],
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("saved", "Saved"),
                            ("review", "Sent to review"),
                            ("published", "Published"),
                            ("archived", "Archived"),
                            ("draft", "Back to draft"),
                            ("restored", "Brought back"),
                            ("imported", "Imported"),
                        ],
                        max_length=16,
                        verbose_name="step",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="when"),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="chatkit_articles.articletext",
                        verbose_name="text",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["text", "-number"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("text", "number"), name="chatkit_articles_one_version"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="articletext",
            name="live",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="chatkit_articles.version",
                verbose_name="published version",
            ),
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", chatkit.fields.ExactCharField(max_length=100, verbose_name="article")),
                ("language", models.CharField(max_length=16, verbose_name="language")),
                ("helpful", models.BooleanField(verbose_name="helpful")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "vote",
                "verbose_name_plural": "votes",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("slug", "language", "user"), name="chatkit_articles_one_vote"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Phrasing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="question")),
                ("language", models.CharField(max_length=16, verbose_name="language")),
                (
                    "slug",
                    chatkit.fields.ExactCharField(
                        help_text="The article’s name in its address.",
                        max_length=100,
                        verbose_name="article",
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=40)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
            ],
            options={
                "verbose_name": "phrasing",
                "verbose_name_plural": "phrasings",
                "ordering": ["slug", "language", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("slug", "language", "key"), name="chatkit_articles_one_phrasing"
                    )
                ],
            },
        ),
    ]
