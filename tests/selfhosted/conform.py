"""Run by itself, where `chatkit` is the SDK alone: parses what we emit with its own models.

Reads lines of JSON `[kind, value]`; the kind names one of its types. Prints how many it took.
"""

import json
import sys

from pydantic import TypeAdapter

import chatkit.types as sdk

assert not hasattr(sdk, "Session")
ADAPTERS: dict[str, TypeAdapter] = {
    "event": TypeAdapter(sdk.ThreadStreamEvent),
    "thread": TypeAdapter(sdk.Thread),
    "threads": TypeAdapter(sdk.Page[sdk.Thread]),
    "items": TypeAdapter(sdk.Page[sdk.ThreadItem]),
    "request": TypeAdapter(sdk.ChatKitReq),
    "sync": TypeAdapter(sdk.SyncCustomActionResponse),
}
count = 0
for line in sys.stdin:
    kind, value = json.loads(line)
    ADAPTERS[kind].validate_json(json.dumps(value))
    count += 1
print(count)
