"""Settings of a real server process in a test: the tests' settings, a database of its own, and what
is wrong in its log (`RealServer.output()`)."""

import os

MODEL_URL = os.environ.get("TEST_MODEL_URL", "")
CHATKIT_SERVER = os.environ.get("TEST_SERVER", "tests.selfhosted.servers.ScriptedServer")

from tests.settings import *  # noqa: E402, F403
from tests.settings import CHATKIT as _chatkit  # noqa: E402
from tests.settings import LOGGING, WORKFLOW_ID  # noqa: E402

LOGGING["handlers"] = {"console": {"class": "logging.StreamHandler", "formatter": "line"}}
LOGGING["root"] = {"handlers": ["console"], "level": "WARNING"}
for _logger in LOGGING["loggers"].values():  # type: ignore[attr-defined]
    _logger["level"] = "WARNING"

CHATKIT = _chatkit | {
    "WORKFLOWS": {WORKFLOW_ID: CHATKIT_SERVER},
    "RATE_LIMITS": dict.fromkeys(
        ("message", "request", "entities", "upload", "transcribe"), "10000/m"
    ),
    "OPEN_STREAMS": 1000,
    "STREAMS": os.environ.get("TEST_STREAMS_URL") or None,
}
if MODEL_URL:
    CHATKIT |= {"OPENAI_BASE_URL": MODEL_URL, "OPENAI_API_KEY": "sk-test"}
