"""Speech to text: what people say into the composer's microphone is written down for them.

Who writes it down, CHATKIT["TRANSCRIBER"] says: an OpenAI-compatible endpoint, or a function of the
site. Where it says nothing there is no microphone. Recordings are stored nowhere.
"""

from __future__ import annotations

from .. import conf

MIB = 1024 * 1024
AUDIO_BYTES = 6 * MIB  # five minutes, also of a browser that takes 128 kbit/s for them
AUDIO_SECONDS = 300


def enabled() -> bool:
    """Whether the site has somebody who writes down what is said."""
    return bool(conf.get("TRANSCRIBER"))


def body_bytes() -> int:
    """How large the body of a request may be that carries a recording, which travels as base64."""
    return AUDIO_BYTES * 4 // 3 + MIB if enabled() else MIB
