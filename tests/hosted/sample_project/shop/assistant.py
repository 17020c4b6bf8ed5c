"""The server class that WORKFLOWS names; the rest is found from here."""

from chatkit.selfhosted.assistant import AssistantServer


class SupportServer(AssistantServer):
    workflow = "tests.hosted.sample_project.shop.exported:run_workflow"

    async def respond(self, thread, input_user_message, context):
        if context["user_id"]:
            async for event in super().respond(thread, input_user_message, context):
                yield event
