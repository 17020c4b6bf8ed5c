"""Stands for the web server in front of a site; laid beside its manage.py as `front.py`.

It serves the static files where FRONT_STATIC says so, as nginx would, and knows no address
outside FRONT_PREFIX, which it passes on as it came.
"""

import os
from importlib import import_module
from typing import Any

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

PREFIX = os.environ["FRONT_PREFIX"]
site = import_module(os.environ["FRONT_ASGI"]).application
if os.environ["FRONT_STATIC"] == "on":
    site = ASGIStaticFilesHandler(site)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http" and not scope["path"].startswith(PREFIX):
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"Not this site's."})
    else:
        await site(scope | {"root_path": PREFIX.rstrip("/")}, receive, send)
