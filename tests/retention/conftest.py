from __future__ import annotations

from tests.selfhosted.conftest import ada, bob, scripted

__all__ = ["ada", "bob", "scripted"]
