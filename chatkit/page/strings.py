"""The sentences that the page script shows, in the reader's language.

They are part of the page, so that the script needs no language files of its own. The script
replaces what is in braces, such as `{time}`.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..workflows import Workflow


def texts(workflow: Workflow | None) -> dict[str, str]:
    """Every sentence by its name in `frontend/src/page/config.ts`."""
    return {
        # What the chat area shows when there is no chat in it: title, then sentence.
        "strangerTitle": _("Please log in"),
        "stranger": _("Log in to chat. After it you come back to this page."),
        "loggedOutTitle": _("Please log in again"),
        "loggedOut": _("Your login has ended. After it you come back to this conversation."),
        "loggedInTitle": _("You are logged in now"),
        "loggedIn": _("Reload the page to go on. What you have written is kept."),
        "logIn": _("Log in"),
        "forbiddenTitle": _("You have no access"),
        "forbidden": _("You may not use this assistant. Ask your administrator for access."),
        "emptyTitle": _("No assistant yet"),
        "empty": _("The assistant is not set up yet. Please tell your administrator."),
        "unknownTitle": _("No such assistant"),
        "unknown": _("This assistant does not exist on this site."),
        "offlineTitle": _("The assistant is switched off"),
        "limitedTitle": _("A short break"),
        "limited": _("You started many chats in a short time. It goes on by itself in {time}."),
        "limitedOver": _("Trying again…"),
        "scriptTitle": _("The chat could not be loaded"),
        "script": _script(workflow),
        "errorTitle": _("The chat could not be started"),
        "network": _("This site cannot be reached. Check your connection and try again."),
        "badAnswer": _("This site gave an answer that could not be read. Please try again."),
        "endedTitle": _("This session has ended"),
        "ended": _("Your conversation is kept. Start a new session to go on."),
        "startAgain": _("Start a new session"),
        "tryAgain": _("Try again"),
        "tryIn": _("Try again in {time}"),
        "reload": _("Reload the page"),
        "dismiss": _("Close"),
        "otherUserTitle": _("Another account is logged in now"),
        "otherUser": _(
            "Somebody has logged in with another account in this browser, so what was here before "
            "is not shown any more."
        ),
        "partMissing": _(
            "A part of the chat could not be loaded: some of it may be in English, or look "
            "plainer. Reload the page to try again."
        ),
        # The session panel.
        "statusLoading": _("Connecting"),
        "statusReady": _("Connected"),
        "statusLost": _("Connection lost"),
        "statusProblem": _("Not connected"),
        "statusEnded": _("Ended"),
        "statusExpired": _("Renewed with your next message"),
        "expiresIn": _("in {time}"),
        "none": "–",
        "endFailed": _("The session could not be ended. Please try again."),
    }


def _script(workflow: Workflow | None) -> str:
    if workflow and workflow.hosted:
        return _(
            "It comes from OpenAI (cdn.platform.openai.com). An ad blocker, a firewall or your "
            "connection may be in the way."
        )
    return _("Part of this page is missing. Check your connection and try again.")


def sunset_text(date: str) -> str:
    """Why a hosted workflow may fail after OpenAI's date; `date` as the reader writes it."""
    return _(
        "OpenAI announced the end of the workflows hosted there for %(date)s; how they answer from "
        "then on is not published. Please tell your administrator: this site can answer instead."
    ) % {"date": date}
