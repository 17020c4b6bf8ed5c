"""Checks of CHATKIT["TRANSCRIBER"], which writes down what people say."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Warning

from .. import conf
from ..values import is_key
from .page import register
from .paths import fault_of_function
from .values import is_sound

# OpenAI ends these on this day; the same address takes their successor.
ENDING = {
    *("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe"),
    "gpt-4o-transcribe-diarize",
}
LAST_DAY = "2027-02-26"
SUCCESSOR = "gpt-transcribe"
HERE = ("localhost", "127.0.0.1", "::1")


@register("chatkit")
def check_transcriber() -> list[CheckMessage]:
    """E054: TRANSCRIBER names no function, or there is no key, or one that can't be sent."""
    given = conf.get("TRANSCRIBER")
    if not given or not is_sound("TRANSCRIBER", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        return []
    if isinstance(given, str):
        fault = fault_of_function(given, "audio", "mime_type", "context")
        hint = "Give the dotted path of a function (audio, mime_type, context) -> text."
    else:
        fault, hint = _fault_of_key(given)
    if not fault:
        return []
    return [Error(f"CHATKIT['TRANSCRIBER']: {fault}", hint=hint, id="chatkit.E054")]


def _fault_of_key(given: dict[str, Any]) -> tuple[str, str]:
    """What is wrong with the key that goes with recordings, and the fix: an api_key of its own,
    or OPENAI_API_KEY where OPENAI_BASE_URL is asked."""
    shared = "base_url" not in given and "api_key" not in given
    name = "OPENAI_API_KEY" if shared else "its api_key"
    key = (conf.get("OPENAI_API_KEY") if shared else given.get("api_key", "")).strip()
    host = urlsplit(given.get("base_url") or conf.get("OPENAI_BASE_URL")).hostname
    if not key and host == conf.OPENAI_HOST:
        fix = "Set CHATKIT['OPENAI_API_KEY']." if shared else "Give it an api_key."
        return f"OpenAI is asked, but {name} is empty.", fix
    if not is_key(key):
        return f"{name} holds characters that no key has.", (
            "Copy the key again, without quotes or spaces."
        )
    return "", ""


@register("chatkit")
def check_transcriber_address() -> list[CheckMessage]:
    """W055: recordings, and perhaps a key, would travel unencrypted."""
    given = conf.get("TRANSCRIBER")
    if not is_sound("TRANSCRIBER") or not isinstance(given, dict) or "base_url" not in given:
        return []
    url = urlsplit(given["base_url"])
    if url.scheme == "https" or url.hostname in HERE:
        return []
    return [
        Warning(
            "CHATKIT['TRANSCRIBER'] has a base_url that begins with http: what people say travels "
            "unencrypted.",
            hint="Use the https address.",
            id="chatkit.W055",
        )
    ]


@register("chatkit")
def check_transcriber_model() -> list[CheckMessage]:
    """W058: a model that OpenAI ends."""
    given = conf.get("TRANSCRIBER")
    if not is_sound("TRANSCRIBER", "OPENAI_BASE_URL") or not isinstance(given, dict):
        return []
    host = urlsplit(given.get("base_url") or conf.get("OPENAI_BASE_URL")).hostname
    if host != conf.OPENAI_HOST or given["model"] not in ENDING:
        return []
    return [
        Warning(
            f"CHATKIT['TRANSCRIBER'] asks the model {given['model']}, which OpenAI ends on "
            f"{LAST_DAY}.",
            hint=f"Ask its successor: {SUCCESSOR}.",
            id="chatkit.W058",
        )
    ]
