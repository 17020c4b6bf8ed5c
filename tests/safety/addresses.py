"""Who gets what at which address: a status for each person, in the order of PEOPLE.

    stranger  owner  other  staff  viewer  root

`staff` may enter the admin and has no permission, `viewer` may view all rows of the app and not
read what was written, `root` is a superuser. A new address needs a row here.
"""

from __future__ import annotations

Row = dict[str, str]

LOGIN = "302 302 302 302 302 302"  # to the login page, or on to another
NOT_ALLOWED = "405 405 405 405 405 405"
ALL = "200 200 200 200 200 200"
# With a login.
PEOPLE = "302 200 200 200 200 200"
# Of the console: staff with its permission, which `viewer` has not.
CONSOLE = "302 404 404 404 404 200"
# Of the admin: who has entered it, who may view, who may do everything.
STAFF = "302 302 302 200 200 200"
VIEWERS = "302 302 302 403 200 200"
ROOT = "302 302 302 403 403 200"
NOBODY = "302 302 302 403 403 403"
GONE = "302 302 302 403 403 302"  # for root: back to the index, since there is no such row
MISSING = "302 302 302 404 404 404"


def same(statuses: str) -> Row:
    return {"GET": statuses, "POST": statuses}


def read(statuses: str) -> Row:
    return {"GET": statuses, "POST": NOT_ALLOWED}


def console_page() -> Row:
    return {"GET": CONSOLE, "POST": "302 404 404 404 404 405"}


def console_act(done: str) -> Row:
    """Done by POST alone, for those who may."""
    return {"GET": "302 404 404 404 404 405", "POST": f"302 404 404 404 404 {done}"}


def model(name: str, pages: dict[str, Row]) -> dict[str, Row]:
    """The pages of a model in the admin; its oldest address leads to that of today."""
    item = f"admin/{name}/<path:object_id>/"
    found = {f"admin/{name}/": pages["list"], f"admin/{name}/add/": pages["add"]}
    found |= {f"{item}{page}/": pages[page] for page in ("history", "delete", "change")}
    return found | {item: same(LOGIN)}


# Written by the app alone: the admin shows them.
RECORDS = {
    "list": same(VIEWERS),
    "add": same(NOBODY),
    "history": same(VIEWERS),
    "delete": same(NOBODY),
    "change": {"GET": VIEWERS, "POST": NOBODY},
}
ACCOUNTS = {page: same(ROOT) for page in RECORDS}
# Of models of which the site has no row.
EMPTY = {
    "list": same(ROOT),
    "add": same(ROOT),
    "history": same(LOGIN),
    "delete": same(GONE),
    "change": same(GONE),
}
PROMPTS = EMPTY | {
    "list": same(VIEWERS),
    "change": {"GET": "302 302 302 403 302 302", "POST": GONE},
}

# Reached through their article.
TEXTS = EMPTY | {
    "list": same(GONE),
    # What somebody has written comes back to them in the form, also where its text is gone.
    "add": {"GET": GONE, "POST": ROOT},
    "change": {"GET": GONE, "POST": ROOT},
    "history": same("302 302 302 404 404 404"),
}
DOCUMENTS = EMPTY | {"delete": same(NOBODY), "change": {"GET": GONE, "POST": NOBODY}}
NOT_POSTED = "302 302 302 405 405 405"

# Of which an empty form is whole.
SWITCHES = EMPTY | {"add": {"GET": ROOT, "POST": GONE}}

ADDRESSES: dict[str, Row] = {
    # -- the site -------------------------------------------------------------------------
    "": read(PEOPLE),
    "accounts/login/": same("200 302 302 302 302 302"),
    "accounts/logout/": {"GET": NOT_ALLOWED, "POST": LOGIN},
    "accounts/logged_out/": read("200 302 302 302 302 302"),
    "accounts/password_change/": same(PEOPLE),
    "accounts/password_change/done/": {"GET": PEOPLE, "POST": "302 405 405 405 405 405"},
    "accounts/password_reset/": same("200 302 302 302 302 302"),
    "accounts/password_reset/done/": {"GET": ALL, "POST": NOT_ALLOWED},
    "accounts/password_reset/<uidb64>/<token>/": same(ALL),  # that the link is not valid
    "accounts/password_reset/complete/": {"GET": ALL, "POST": NOT_ALLOWED},
    "i18n/setlang/": same(LOGIN),
    "favicon.ico": read(LOGIN),  # to the static file
    "robots.txt": read(ALL),
    # -- the chat -------------------------------------------------------------------------
    "apps/chatkit/": {"GET": PEOPLE, "POST": LOGIN},  # to itself, which asks what was posted
    "apps/chatkit/theme.css": read(ALL),  # colours of the site, empty here
    "apps/chatkit/mine/": read(PEOPLE),
    "apps/chatkit/mine/download/": read(PEOPLE),
    "apps/chatkit/mine/delete/": same(PEOPLE),
    "apps/chatkit/mine/shares/<int:share_id>/revoke/": {
        "GET": NOT_ALLOWED,
        "POST": "302 302 404 404 404 404",
    },
    "apps/chatkit/shared/<str:token>/": read("302 404 404 404 404 404"),  # no such link
    "apps/chatkit/help/": read(PEOPLE),
    "apps/chatkit/help/<slug:slug>/": read(PEOPLE),
    "apps/chatkit/help/<slug:slug>/helpful/": {
        "GET": NOT_ALLOWED,
        "POST": "302 400 400 400 400 400",  # with no answer
    },
    "api/chatkit/session": {"GET": NOT_ALLOWED, "POST": "401 200 200 200 200 200"},
    "api/chatkit/session/<str:session_id>/cancel": {
        "GET": NOT_ALLOWED,
        "POST": "401 200 404 404 404 200",
    },
    "api/chatkit": {"GET": NOT_ALLOWED, "POST": "401 200 200 200 200 200"},
    "api/chatkit/runs/<str:run_id>/events": read("401 200 404 404 404 404"),
    "api/chatkit/runs/<str:run_id>/stop": {"GET": NOT_ALLOWED, "POST": "401 200 404 404 404 404"},
    "api/chatkit/threads": {"GET": "401 200 200 200 200 200", "POST": "401 400 400 400 400 400"},
    "api/chatkit/threads/search": read("401 200 200 200 200 200"),
    "api/chatkit/threads/now": read("401 200 200 200 200 200"),
    "api/chatkit/threads/<str:thread_id>/export": read("401 200 404 404 404 404"),
    "api/chatkit/threads/<str:thread_id>/follow-ups": read("401 200 404 404 404 404"),
    "api/chatkit/threads/<str:thread_id>/versions": read("401 200 404 404 404 404"),
    "api/chatkit/threads/<str:thread_id>/versions/<str:item_id>": {
        "GET": NOT_ALLOWED,
        "POST": "401 404 404 404 404 404",  # its thread has no versions
    },
    "api/chatkit/threads/<str:thread_id>/shares": same("401 400 400 400 400 400"),  # off
    "api/chatkit/shares/<str:share_id>/revoke": {
        "GET": NOT_ALLOWED,
        "POST": "401 200 404 404 404 404",
    },
    "api/chatkit/attachments": {"GET": NOT_ALLOWED, "POST": "401 415 415 415 415 415"},
    "api/chatkit/attachments/<str:attachment_id>": read("401 200 404 404 404 404"),
    "api/chatkit/launcher": read(ALL),  # a stranger's has no chat in it
    "api/chatkit/launcher/<str:thread_id>": read("401 200 404 404 404 404"),
    "api/chatkit/openapi.json": read(ALL),
    "api/chatkit/templates": read("401 200 200 200 200 200"),
    "api/chatkit/templates/<str:template_id>/used": {
        "GET": NOT_ALLOWED,
        "POST": "401 404 404 404 404 404",
    },
    "api/chatkit/entities": read("401 200 200 200 200 200"),
    "api/chatkit/entities/<str:entity_id>": read("401 404 404 404 404 404"),
    "api/chatkit/article": read("401 404 404 404 404 404"),
    "api/chatkit/health": read(ALL),
    "api/chatkit/health/live": read(ALL),
    "api/chatkit/metrics": read("404 404 404 404 404 404"),  # without a token in the settings
    "apps/chatkit/playground/": console_page(),
    # -- the console ----------------------------------------------------------------------
    "apps/chatkit/console/": console_page(),
    "apps/chatkit/console/unanswered/": console_page(),
    "apps/chatkit/console/unanswered/<int:group_id>/": console_page(),
    "apps/chatkit/console/unanswered/<int:group_id>/mark/": console_act("404"),  # nothing to do
    "apps/chatkit/console/conversations/": console_page(),
    "apps/chatkit/console/conversations/search/": console_act("302"),
    "apps/chatkit/console/conversations/<str:thread_id>/": console_page(),
    "apps/chatkit/console/conversations/<str:thread_id>/open/": console_act("302"),
    "apps/chatkit/console/usage/": console_page(),
    "apps/chatkit/console/tools/": console_page(),
    "apps/chatkit/console/audit/": console_page(),
    "apps/chatkit/console/setup/": console_page(),
    "apps/chatkit/console/setup/prompts/": console_act("302"),
    "apps/chatkit/console/setup/switch/": console_act("404"),  # nothing to turn
    "apps/chatkit/console/setup/look/": console_act("200"),
    "apps/chatkit/console/tools/calls/": console_page(),
    "apps/chatkit/console/quality/": console_page(),
    "apps/chatkit/console/quality/add/": console_act("404"),  # no answer
    "apps/chatkit/console/quality/collect/": console_act("404"),  # no answer
    "apps/chatkit/console/quality/evaluations/": console_page(),
    "apps/chatkit/console/quality/evaluations/take-in/": console_act("400"),  # no file
    "apps/chatkit/console/quality/evaluations/<int:set_id>/": console_page(),
    "apps/chatkit/console/quality/evaluations/<int:set_id>/file/": console_page(),
    "apps/chatkit/console/quality/evaluations/<int:set_id>/run/": console_act("302"),
    "apps/chatkit/console/quality/evaluations/<int:set_id>/change/": console_act("404"),
    "apps/chatkit/console/quality/evaluations/<int:set_id>/<int:run_number>/": console_page(),
    "apps/chatkit/console/quality/evaluations/<int:set_id>/<int:run_number>/progress/": (
        console_page()
    ),
    "apps/chatkit/console/quality/evaluations/<int:set_id>/questions/<int:question_id>/": (
        console_page()
    ),
    "apps/chatkit/console/quality/evaluations/<int:set_id>/questions/<int:question_id>/change/": (
        console_act("400")
    ),
    "apps/chatkit/console/quality/reviews/<str:run_id>/": console_page(),
    "apps/chatkit/console/quality/reviews/<str:run_id>/mark/": console_act("404"),  # no status
    # -- the admin ------------------------------------------------------------------------
    "admin/": same(STAFF),
    "admin/login/": same("302 403 403 302 302 302"),
    "admin/logout/": {"GET": "302 302 302 405 405 405", "POST": LOGIN},
    "admin/password_change/": same(LOGIN),  # to the site's
    "admin/password_change/done/": {"GET": STAFF, "POST": "302 302 302 405 405 405"},
    "admin/autocomplete/": {"GET": NOBODY, "POST": "302 302 302 405 405 405"},
    "admin/jsi18n/": {"GET": STAFF, "POST": "302 302 302 405 405 405"},
    "admin/r/<path:content_type_id>/<path:object_id>/": same(MISSING),
    "admin/^(?P<app_label>auth|customers|chatkit|chatkit_console|chatkit_articles)/$": same(
        "302 302 302 404 200 200"
    ),
    "admin/(?P<url>.*)$": same(MISSING),
    "admin/auth/user/<id>/password/": same(ROOT),
    **model("auth/user", ACCOUNTS),
    **model("auth/group", EMPTY),
    **model("customers/customer", EMPTY),
    **model("chatkit/starterprompt", PROMPTS),
    **model("chatkit/messagetemplate", PROMPTS),
    **model("chatkit_console/budget", EMPTY),
    **model("chatkit_console/switch", SWITCHES),
    **model("chatkit/session", RECORDS),
    **model("chatkit/thread", RECORDS),
    "admin/chatkit/thread/<path:object_id>/open/": same(GONE),  # for root: back to its page
    **model("chatkit/run", RECORDS),
    **model("chatkit/toolcall", RECORDS),
    **model("chatkit/attachment", RECORDS),
    **model("chatkit/feedback", RECORDS),
    **model("chatkit/visitor", RECORDS),
    **model("chatkit/share", RECORDS),
    # -- articles in the database: of those who may edit them -------------------------------
    **model("chatkit_articles/article", EMPTY),
    **model("chatkit_articles/articletext", TEXTS),
    "admin/chatkit_articles/articletext/preview/": {"GET": NOT_POSTED, "POST": ROOT},
    "admin/chatkit_articles/articletext/<int:object_id>/restore/": {
        "GET": NOT_POSTED,
        "POST": "302 302 302 403 403 404",
    },
    **model("chatkit_articles/phrasing", EMPTY),
    **model("chatkit_articles/document", DOCUMENTS),
}
