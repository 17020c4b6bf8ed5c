"""Questions are read by their words alone, but in tests that are about what they mean.

The models take three seconds of each process of the tests, and a tenth of the time of all that ask
something. A test that needs them stands in ABOUT.
"""

from __future__ import annotations

import pytest

from chatkit.knowledge import encoder, library

ABOUT = (
    "tests/knowledge/",
    "tests/contrib/console/test_unanswered_meaning.py",
    "tests/databases/test_vectors.py",
    "tests/test_languages.py::TestWithoutArticles::",
)


class ByWords:
    """A plugin of pytest."""

    def __init__(self) -> None:
        self._installed = encoder.installed
        self._by_words = False

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        by_words = not item.nodeid.startswith(ABOUT)
        if by_words is not self._by_words:
            self._by_words = by_words
            encoder.installed = _nothing if by_words else self._installed
            library._shared.clear()  # made for the other way


def _nothing() -> bool:
    return False
