"""Guessing of passwords is limited: for one name from one address, for an address, for a name.

Each attempt counts before the password is looked at, so that many at once are no way around. The
windows are short, so that nobody is kept out for long by the guesses of others, and what one
address may spend on a name is less than what closes the name to everybody.
"""

from __future__ import annotations

import hashlib
import ipaddress
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from chatkit import limits


class LoginForm(AuthenticationForm):
    wait = 0  # seconds, where an attempt was refused

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username", "")
        if name and self.request and self.cleaned_data.get("password"):
            self.wait = wait(self.request, name)
        if self.wait:
            raise refusal(self.wait)
        return super().clean()


class LimitedPasswordChangeForm(PasswordChangeForm):
    """Whoever finds a browser logged in could else try out the password in use."""

    wait = 0
    request: HttpRequest | None = None

    def clean_old_password(self) -> str:
        if self.request:
            self.wait = wait(self.request, self.user.get_username())
        if self.wait:
            raise refusal(self.wait)
        return super().clean_old_password()


def wait(request: HttpRequest, name: str) -> int:
    """Count an attempt; the seconds to wait, 0 where it may be made."""
    where = address(request)
    # Only a digest goes into the cache; names are equal as people see them.
    who = hashlib.sha256(name.casefold().encode()).hexdigest()
    for group, value, rate in (
        ("pair", f"{who} {where}", settings.LOGIN_RATE),
        ("address", where, settings.LOGIN_RATE_ADDRESS),
        ("name", who, settings.LOGIN_RATE_NAME),
    ):
        if seconds := limits.count(request, f"mseller.login.{group}", value, rate):
            return seconds  # and the other counts are not touched
    return 0


def address(request: HttpRequest) -> str:
    """Where the request comes from; of an IPv6 address the network, which is one customer's."""
    given = str(request.META.get("REMOTE_ADDR", ""))
    try:
        found = ipaddress.ip_address(given)
    except ValueError:
        return given
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def refusal(seconds: int) -> forms.ValidationError:
    minutes = -(-seconds // 60)
    words = ngettext(
        "Too many attempts. Try again in %(count)d minute.",
        "Too many attempts. Try again in %(count)d minutes.",
        minutes,
    )
    return forms.ValidationError(words % {"count": minutes}, code="too_many_attempts")


def refused(response: HttpResponse, form: Any) -> HttpResponse:
    """The form's page, with the status that scripts understand where the attempt was refused."""
    if form.wait:
        response.status_code = 429
        response.headers["Retry-After"] = str(form.wait)
    return response
