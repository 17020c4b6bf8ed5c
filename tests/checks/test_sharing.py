"""The check of the setting SHARING."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit.checks.values import check_sharing


def rule(user: Any, thread: Any) -> bool:
    return True


@pytest.mark.parametrize(
    ("readers", "found"),
    [
        ("", []),
        ("tests.checks.test_sharing.rule", []),
        ("tests.checks.test_sharing.nobody", ["chatkit.E067"]),
    ],
)
def test_readers_is_a_function(settings: Any, readers: str, found: list[str]) -> None:
    assert check_sharing() == []
    given = {"SHARING": {"seconds": 60, "readers": readers}}
    settings.CHATKIT = settings.CHATKIT | given
    assert [message.id for message in check_sharing()] == found
