"""The production settings, with a second workflow that has a limit, and files in a stand-in for
S3 where there is one."""

from __future__ import annotations

import faulthandler
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from mseller.settings import *  # noqa: F403
from mseller.settings import CHATKIT, MIDDLEWARE, STORAGES
from tests.cluster.names import BUCKET, LIMITED, MESSAGES, WORKFLOW

SERVER = "tests.cluster.assistants.CountingServer"
OURS: dict[str, Any] = {
    "WORKFLOWS": {
        WORKFLOW: SERVER,
        LIMITED: {"server": SERVER, "limits": {"message": f"{MESSAGES}/h"}},
    },
    "RATE_LIMITS": dict.fromkeys(("session", "message", "request", "upload"), "100000/m"),
    "OPEN_STREAMS": 2000,
}
CHATKIT |= OURS
MIDDLEWARE = ["tests.cluster.site.mark", *MIDDLEWARE]
# What each thread does, in the log: `kill -USR1`.
faulthandler.register(signal.SIGUSR1, all_threads=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if s3 := os.environ.get("CLUSTER_S3"):
    STORAGES["chatkit"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {  # type: ignore[dict-item]
            "bucket_name": BUCKET, "endpoint_url": s3, "region_name": "eu-central-1",
            "access_key": "key", "secret_key": "secret", "file_overwrite": False,
        },
    }  # fmt: skip

if "FAKETIME" in os.environ:
    # libfaketime refuses the call that Python 3.11 and newer sleep by.
    def sleep(seconds: float) -> None:
        select.select([], [], [], seconds)

    time.sleep = sleep  # type: ignore[assignment]


def mark(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Middleware: `X-Process` tells which process has answered, on which host."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["X-Process"] = f"{socket.gethostname()} {os.getpid()}"
        return response

    return middleware
