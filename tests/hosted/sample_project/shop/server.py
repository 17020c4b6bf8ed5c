"""A server as it was written for OpenAI's SDK, and the route that started hosted sessions."""

from openai import OpenAI

from chatkit.server import ChatKitServer
from chatkit.store import AttachmentStore, Store

client = OpenAI(api_key="none")


class MemoryStore(Store[dict]):
    pass


class DiskFiles(AttachmentStore[dict]):
    pass


class OldServer(ChatKitServer[dict]):
    async def process(self, request, context):
        return await super().process(request, context)


def start_session(user):
    return client.beta.chatkit.sessions.create(
        user=user, workflow={"id": "wf_694bcfa27d008190bfea49d38cf48868"}
    )


def grade():
    return client.evals.list()
