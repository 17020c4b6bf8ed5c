"""Has a recording written down by whom CHATKIT["TRANSCRIBER"] names."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

from .. import conf, telemetry
from ..exceptions import ApiError
from . import audio, endpoint

if TYPE_CHECKING:
    from ..selfhosted.runs.context import ChatContext

logger = logging.getLogger("chatkit.voice")

LONGEST_TEXT = 20_000  # characters: five minutes of speech are some 5,000


async def transcribe(data: bytes, context: ChatContext) -> str:
    """What was said in a recording; "" where nobody says anything in it.

    ApiError where it is none, is too long, or could not be written down. The log and the figures
    are told who asked for how much, and nothing of what was said.
    """
    began = time.monotonic()
    try:
        recording = audio.read(data)
        written = await _written(conf.get("TRANSCRIBER"), recording, context)
    except ApiError as error:
        telemetry.transcribed(context.workflow_id, error.code)
        logger.info("transcription workflow=%s result=%s", context.workflow_id, error.code)
        raise
    telemetry.transcribed(
        context.workflow_id,
        "ok",
        seconds=recording.seconds,
        model=written.model,
        tokens_in=written.tokens_in,
        tokens_out=written.tokens_out,
    )
    logger.info(
        "transcription workflow=%s user=%s result=ok bytes=%d audio_s=%s took_s=%.1f tokens=%d/%d",
        context.workflow_id,
        context.user.pk,
        len(data),
        "?" if recording.seconds is None else f"{recording.seconds:.1f}",
        time.monotonic() - began,
        written.tokens_in,
        written.tokens_out,
    )
    return _clean(written.text)


async def _written(
    given: Any, recording: audio.Recording, context: ChatContext
) -> endpoint.Written:
    if isinstance(given, dict):
        return await asyncio.to_thread(endpoint.ask, endpoint.Endpoint.of(given), recording)
    try:
        function = import_string(given)
        # It may use the ORM, and take long.
        text = await context.database(function, recording.data, recording.media_type, context)
    except ApiError:
        raise
    except Exception:
        logger.exception("The function in CHATKIT['TRANSCRIBER'] failed.")
        raise ApiError("transcriber_failed") from None
    if not isinstance(text, str):
        logger.error("The function in CHATKIT['TRANSCRIBER'] returned no text.")
        raise ApiError("transcriber_failed")
    return endpoint.Written(text)


def _clean(text: str) -> str:
    """As it may stand in a composer: no control characters, no half of a surrogate pair."""
    kept = "".join(
        char
        for char in text[:LONGEST_TEXT]
        if char in "\n\t" or (char >= " " and not "\x7f" <= char <= "\x9f")
    )
    return kept.encode("utf-8", "ignore").decode().strip()
