"""Addresses that are keys, as those log them who log whole addresses."""

from __future__ import annotations

import io
import logging

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


@pytest.mark.parametrize(
    ("address", "far"),
    [("chatkit/%s?token=canary", 200), ("chatkit/?%s&token=canary", 300)],
    ids=["path", "query"],
)
def test_how_far_it_looks_for_a_key_is_bounded(
    address: str, far: int, caplog: pytest.LogCaptureFixture
) -> None:
    """From each of the thousands of places in a long address where one may begin: without a bound
    a single one would hold up its process for seconds."""
    written = logging.getLogger("django.request").warning
    written("Not Found: %s", address % ("x" * far))
    written("Not Found: %s", address % ("x" * (far + 1)))
    near, beyond = caplog.messages
    assert near.endswith("token=[hidden]")
    assert beyond.endswith("token=canary")
