"""Asks an endpoint of the kind of OpenAI's `/audio/transcriptions` what was said.

Failures become errors of our API. Neither they nor the log hold the key, a header, a body or the
text of an exception.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from .. import conf
from ..exceptions import ApiError
from ..hosted.upstream import BearerAuth, read_body
from .audio import Recording

logger = logging.getLogger("chatkit.voice")

PATH = "/audio/transcriptions"
CONNECT_SECONDS = 5.0
READ_SECONDS = 60.0
LONGEST_ANSWER = 1024 * 1024  # bytes
UNREADABLE = (400, 413, 415, 422)  # what endpoints answer for a recording that they can't read


@dataclass(frozen=True)
class Endpoint:
    """CHATKIT["TRANSCRIBER"] as a dict, with what it leaves out."""

    base_url: str
    model: str
    api_key: str = field(repr=False)
    language: str
    seconds: float

    @classmethod
    def of(cls, given: dict[str, Any]) -> Endpoint:
        """OpenAI's key goes where OPENAI_BASE_URL leads, and nowhere else."""
        base_url = given.get("base_url") or conf.get("OPENAI_BASE_URL")
        key = "" if given.get("base_url") else conf.get("OPENAI_API_KEY")
        return cls(
            base_url=base_url.rstrip("/"),
            model=given["model"],
            api_key=str(given.get("api_key", key)).strip(),
            language=given.get("language", ""),
            seconds=given.get("timeout", READ_SECONDS),
        )


@dataclass(frozen=True)
class Written:
    """What was said, and the tokens that it took where the endpoint counts any."""

    text: str
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


@sensitive_variables()
def ask(endpoint: Endpoint, recording: Recording) -> Written:
    """What was said in the recording.

    ApiError `transcriber_failed`, `transcriber_timeout`, or `invalid_request` where the endpoint
    can't read the recording.
    """
    form = {"model": endpoint.model, "response_format": "json"}
    if endpoint.language:
        form["language"] = endpoint.language
    name = f"speech.{recording.extension}"
    deadline = time.monotonic() + CONNECT_SECONDS + endpoint.seconds
    try:
        with requests.post(
            endpoint.base_url + PATH,
            data=form,
            files={"file": (name, recording.data, recording.media_type)},
            auth=BearerAuth(endpoint.api_key),
            timeout=(CONNECT_SECONDS, endpoint.seconds),
            allow_redirects=False,  # a redirect could carry the key elsewhere
            stream=True,
        ) as response:
            content = read_body(response, deadline=deadline, largest=LONGEST_ANSWER)
    except requests.Timeout:
        logger.warning("The transcriber did not answer in time.")
        raise ApiError("transcriber_timeout") from None
    except Exception as error:  # of any kind: its text may contain the key
        logger.warning("The transcriber could not be asked (%s).", type(error).__name__)
        raise ApiError("transcriber_failed") from None
    if response.status_code in UNREADABLE:
        logger.warning("The transcriber refused a recording (%d).", response.status_code)
        raise ApiError(
            "invalid_request", _("The recording could not be read. Please record it again.")
        )
    if response.status_code != 200:
        logger.warning("The transcriber answered %d.", response.status_code)
        raise ApiError("transcriber_failed")
    return _written(content, endpoint.model)


def _written(content: bytes, model: str) -> Written:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        data = None
    text = data.get("text") if isinstance(data, dict) else None
    if not isinstance(text, str):
        logger.warning("The transcriber's answer has no text.")
        raise ApiError("transcriber_failed")
    usage = data.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    counts = (_count(usage.get(name)) for name in ("input_tokens", "output_tokens"))
    return Written(text, model, *counts)


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
