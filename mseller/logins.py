"""Guessing of passwords is limited: for one name from one address, for an address, for a name;
and so are the e-mails that lead to a new password.

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
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    PasswordResetForm,
)
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


class LimitedPasswordResetForm(PasswordResetForm):
    """Nobody's letter box is filled by others."""

    wait = 0
    request: HttpRequest | None = None

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if self.request:
            self.wait = wait_for_link(self.request, email)
        if self.wait:
            raise refusal(self.wait)
        return email


def wait_for_link(request: HttpRequest, email: str) -> int:
    """Count a link that is asked for; the seconds to wait, 0 where it may be sent."""
    return first_wait(
        request,
        ("reset.address", address(request), settings.RESET_RATE_ADDRESS),
        ("reset.email", digest(email), settings.RESET_RATE),
    )


def wait(request: HttpRequest, name: str) -> int:
    """Count an attempt; the seconds to wait, 0 where it may be made."""
    where, who = address(request), digest(name)
    return first_wait(
        request,
        ("login.pair", f"{who} {where}", settings.LOGIN_RATE),
        ("login.address", where, settings.LOGIN_RATE_ADDRESS),
        ("login.name", who, settings.LOGIN_RATE_NAME),
    )


def digest(name: str) -> str:
    """What goes into the cache of a name; names are equal as people see them."""
    return hashlib.sha256(name.casefold().encode()).hexdigest()


def first_wait(request: HttpRequest, *counted: tuple[str, str, str]) -> int:
    """Count for each (group, value, rate) in turn, until one says how long to wait."""
    for group, value, rate in counted:
        if seconds := limits.count(request, f"mseller.{group}", value, rate):
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
        if found.ipv4_mapped:  # as a socket for both has it
            return str(found.ipv4_mapped)
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
