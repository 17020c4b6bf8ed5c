"""The site as in production (no DEBUG), without https, with limits that are never reached.

The limits are counted all the same: login, CSRF, ownership and resume are on.
"""

from mseller.settings import *  # noqa: F403
from mseller.settings import BASE_DIR, CHATKIT, LOGGING

from .names import HOSTED, SELF_HOSTED

CHATKIT["WORKFLOWS"] = {SELF_HOSTED: "tests.bench.servers.ScriptedServer", HOSTED: "openai"}
CHATKIT["RATE_LIMITS"] = dict.fromkeys(
    ("session", "message", "request", "upload", "transcribe"), "10000000/h"
)
STATIC_ROOT = BASE_DIR / "static"  # there without collecting; no page is asked for
for logger in LOGGING["loggers"].values():  # type: ignore[attr-defined]
    logger["level"] = "ERROR"
