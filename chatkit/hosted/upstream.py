"""What each request to an API needs: the key as requests takes it, and a body with bounds."""

from __future__ import annotations

import time

import requests


class BearerAuth(requests.auth.AuthBase):
    """Sets the key itself, where there is one: without an auth object, requests would let a .netrc
    replace it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def read_body(response: requests.Response, *, deadline: float, largest: int) -> bytes:
    """The body of a streamed response, of at most `largest` bytes, until the monotonic clock's
    `deadline`: the timeout of requests is for the time between bytes.

    requests.Timeout, or ContentDecodingError where it is larger.
    """
    content = bytearray()
    # read1 returns what has arrived; iter_content would wait for a full piece.
    while piece := response.raw.read1(64 * 1024, decode_content=True):
        content += piece
        if time.monotonic() > deadline:
            raise requests.Timeout
        if len(content) > largest:
            raise requests.exceptions.ContentDecodingError
    return bytes(content)
