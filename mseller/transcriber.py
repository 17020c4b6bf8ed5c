"""Who writes down what people say into the microphone, as the environment says it."""

from __future__ import annotations

from .environment import Environment


def of(env: Environment) -> dict[str, str] | None:
    """CHATKIT["TRANSCRIBER"]: there is one where a model is named, at OpenAI unless an address is.

    CHATKIT_TRANSCRIBER_URL has no use for OpenAI's key: another endpoint gets its own, if any.
    """
    model = env.str("CHATKIT_TRANSCRIBER_MODEL", default="")
    url = env.str("CHATKIT_TRANSCRIBER_URL", default="")
    key = env.str("CHATKIT_TRANSCRIBER_KEY", default="")
    if not model:
        return None
    return {"model": model} | ({"base_url": url} if url else {}) | ({"api_key": key} if key else {})
