"""Settings of a real server process in a test: the tests' settings, a database of its own."""

import os

CHATKIT_SERVER = os.environ.get("TEST_SERVER", "tests.selfhosted.servers.ScriptedServer")

from tests.settings import *  # noqa: E402, F403
from tests.settings import CHATKIT as _chatkit  # noqa: E402
from tests.settings import WORKFLOW_ID  # noqa: E402

CHATKIT = _chatkit | {
    "WORKFLOWS": {WORKFLOW_ID: CHATKIT_SERVER},
    "RATE_LIMITS": {"message": "10000/m", "request": "10000/m"},
    "OPEN_STREAMS": 1000,
}
