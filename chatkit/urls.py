"""Our addresses. Include them anywhere: `path("", include("chatkit.urls"))`."""

from django.urls import path

from . import health
from .api.description import description
from .entities import views as entities
from .page import article_links, launcher, message_templates, mine, theme
from .page import help as help_pages
from .page import views as pages
from .selfhosted import follow_ups
from .selfhosted import views as selfhosted
from .selfhosted.attachments import views as attachments
from .sessions import views
from .sharing import views as sharing
from .telemetry import views as telemetry
from .threads import export
from .threads import views as threads

app_name = "chatkit"
urlpatterns = [
    path("apps/chatkit/", pages.chat, name="page"),
    path("apps/chatkit/theme.css", theme.theme, name="theme"),
    path("apps/chatkit/help/", help_pages.index, name="help"),
    path("apps/chatkit/help/<slug:slug>/", pages.help_article, name="help-article"),
    path("apps/chatkit/mine/", mine.mine, name="mine"),
    path("apps/chatkit/mine/download/", mine.download, name="mine-download"),
    path("apps/chatkit/mine/delete/", mine.delete, name="mine-delete"),
    path(
        "apps/chatkit/mine/shares/<int:share_id>/revoke/",
        sharing.revoke_mine,
        name="share-revoke-mine",
    ),
    path("apps/chatkit/shared/<str:token>/", sharing.shared, name="shared"),
    path("api/chatkit/session", views.session, name="session"),
    path(
        "api/chatkit/session/<str:session_id>/cancel", views.cancel_session, name="session-cancel"
    ),
    path("api/chatkit", selfhosted.endpoint, name="endpoint"),
    path("api/chatkit/runs/<str:run_id>/events", selfhosted.run_events, name="run-events"),
    path("api/chatkit/runs/<str:run_id>/stop", selfhosted.stop_run, name="run-stop"),
    path("api/chatkit/threads", threads.threads, name="threads"),
    path("api/chatkit/threads/search", threads.searched, name="threads-search"),
    path("api/chatkit/threads/now", threads.now, name="threads-now"),
    path("api/chatkit/threads/<str:thread_id>/export", export.export, name="thread-export"),
    path(
        "api/chatkit/threads/<str:thread_id>/follow-ups", follow_ups.follow_ups, name="follow-ups"
    ),
    path("api/chatkit/threads/<str:thread_id>/versions", threads.versions_of, name="versions"),
    path(
        "api/chatkit/threads/<str:thread_id>/versions/<str:item_id>",
        threads.switch_version,
        name="version",
    ),
    path("api/chatkit/threads/<str:thread_id>/shares", sharing.shares, name="shares"),
    path("api/chatkit/shares/<str:share_id>/revoke", sharing.revoke, name="share-revoke"),
    path("api/chatkit/attachments", attachments.upload, name="attachments"),
    path("api/chatkit/attachments/<str:attachment_id>", attachments.attachment, name="attachment"),
    path("api/chatkit/templates", message_templates.templates, name="templates"),
    path(
        "api/chatkit/templates/<str:template_id>/used",
        message_templates.used,
        name="template-used",
    ),
    path("api/chatkit/launcher", launcher.launcher, name="launcher"),
    path("api/chatkit/launcher/<str:thread_id>", launcher.launcher_state, name="launcher-state"),
    path("api/chatkit/entities", entities.entities, name="entities"),
    path("api/chatkit/entities/<str:entity_id>", entities.preview, name="entity"),
    path("api/chatkit/article", article_links.article, name="article"),
    path("api/chatkit/openapi.json", description, name="openapi"),
    path("api/chatkit/health", health.health, name="health"),
    path("api/chatkit/health/live", health.live, name="live"),
    path("api/chatkit/metrics", telemetry.metrics, name="metrics"),
]
