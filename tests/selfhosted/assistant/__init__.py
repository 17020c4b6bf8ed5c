"""AssistantServer, the tools and the exported workflow, against a real model server."""
