"""What a rendered page of the chat says to its script."""

from __future__ import annotations

import json
import re
from typing import Any


def config(response: Any) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/json">(.*?)</script>', response.content.decode(), re.DOTALL
    )
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data
