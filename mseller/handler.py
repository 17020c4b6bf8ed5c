"""Django's ASGI handler with the middleware and the views in one call on one thread."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class OneThreadHandler(ASGIHandler):
    """For a site whose views are synchronous, as all of ours are.

    Django's own handler goes to a thread for the middleware, back to the event loop for the
    view, and to the thread again. Streams are sent on the event loop all the same.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: Any) -> Any:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)
