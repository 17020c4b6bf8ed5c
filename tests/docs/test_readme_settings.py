"""The README's settings in projects of every habit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
import pytest

from ..hosts.readme import SETTINGS, block


@pytest.mark.parametrize("apps", [["shop"], ("shop",)], ids=["list", "tuple"])
@pytest.mark.parametrize("base", [Path("/srv"), "/srv", environ.Path("/srv")])
def test_they_fit(base: Any, apps: Any) -> None:
    given: dict[str, Any] = {"BASE_DIR": base, "INSTALLED_APPS": apps}
    exec(block(SETTINGS), given)
    assert given["INSTALLED_APPS"] == ["shop", "chatkit"]
    assert given["CHATKIT"]["KNOWLEDGE_DIR"] == Path("/srv/help")
