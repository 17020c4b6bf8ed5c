"""Addresses that are keys, as those log them who log whole addresses."""

from __future__ import annotations

import io
import logging
import time

import pytest
from uvicorn.logging import AccessFormatter

from chatkit.attachments import links

SHARED = "/apps/chatkit/shared/canary-_1/"
UPLOAD = links.address("/help/api/chatkit/attachments", "atc_1", "canary", links.UPLOAD)
SIGNATURE = UPLOAD.rpartition(":")[2]


@pytest.mark.parametrize(
    ("address", "written"),
    [
        (SHARED, "/apps/chatkit/shared/[hidden]/"),
        (f"/help{SHARED}?after=7", "/help/apps/chatkit/shared/[hidden]/?after=7"),
        (f"/login/?next={SHARED}&x=1", "/login/?next=/apps/chatkit/shared/[hidden]/&x=1"),
        (
            f"/login/?next={SHARED.replace('/', '%2F')}",
            "/login/?next=%2Fapps%2Fchatkit%2Fshared%2F[hidden]",
        ),
        (UPLOAD, "/help/api/chatkit/attachments/atc_1?token=[hidden]"),
        (
            f"/apps/chatkit/help/returns/?workflow=wf_1&token={SIGNATURE}",
            "/apps/chatkit/help/returns/?workflow=wf_1&token=[hidden]",
        ),
        # What is the site's own stays as it is.
        ("/shop/?token=theirs", "/shop/?token=theirs"),
        ("/apps/chatkit/help/?q=token", "/apps/chatkit/help/?q=token"),
    ],
    ids=["shared", "below", "next", "quoted", "upload", "article", "foreign", "search"],
)
def test_uvicorn_writes_no_key(address: str, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(AccessFormatter("%(request_line)s", use_colors=False))
    logger = logging.getLogger("uvicorn.access")
    monkeypatch.setattr(logger, "handlers", [handler])
    logger.warning('%s - "%s %s HTTP/%s" %d', "192.0.2.1:1", "GET", address, "1.1", 200)
    assert out.getvalue() == f"GET {written} HTTP/1.1\n"


@pytest.mark.parametrize("piece", ["chatkit/", "chatkit/?", "chatkit/?&", "chatkit/?a&token="])
def test_no_address_takes_long(piece: str) -> None:
    begun = time.thread_time()
    logging.getLogger("django.request").warning("Not Found: %s", piece * (65_536 // len(piece)))
    assert time.thread_time() - begun < 1
