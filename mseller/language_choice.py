"""The language that a user chooses: kept in a cookie and, for logged-in users, in a row.

At log-in the row is copied to the cookie, which Django's LocaleMiddleware reads, so that requests
need no query for it. A choice made on the login page is kept in the session and counts for the
user who logs in next, unlike a cookie, which somebody else may have left.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_supported_language_variant
from django.views import i18n

from chatkit import limits

from .logins import LoginForm, refused
from .models import Preference

CHOSEN = "chosen_language"  # in the session of a person who is not logged in


def set_language(request: HttpRequest) -> HttpResponse:
    """Django's view of that name (POST `language`, `next`), which also keeps a user's choice."""
    response: HttpResponse = i18n.set_language(request)
    cookie = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    code = supported(cookie.value) if cookie else ""
    if code and request.user.is_authenticated:
        keep(request.user, code)
    elif code and limits.may_have_session(request, "language"):
        request.session[CHOSEN] = code
    return response


class LoginView(auth.LoginView):
    """The login, which sets the browser's language to the user's."""

    redirect_authenticated_user = True
    authentication_form = LoginForm

    def form_invalid(self, form: Any) -> HttpResponse:
        return refused(super().form_invalid(form), form)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        chosen = self.request.session.get(CHOSEN, "")  # before the log-in replaces the session
        response = super().form_valid(form)
        self.request.session.pop(CHOSEN, None)
        user = self.request.user
        assert isinstance(user, User)  # the form has just logged them in
        if chosen:
            keep(user, chosen)
        else:
            chosen = kept(user)
        if chosen:
            samesite: Any = settings.LANGUAGE_COOKIE_SAMESITE
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                path=settings.LANGUAGE_COOKIE_PATH,
                domain=settings.LANGUAGE_COOKIE_DOMAIN,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite=samesite,
            )
        return response


def keep(user: User, code: str) -> None:
    Preference.objects.update_or_create(user=user, defaults={"language": code})


def kept(user: User) -> str:
    """The language that a user chose last, or "" where there is none or it is offered no more."""
    row = Preference.objects.filter(user=user).first()
    return supported(row.language) if row else ""


def supported(code: str) -> str:
    """The language of the site that serves `code`, or "": `pt` gives `pt-br`."""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return ""
