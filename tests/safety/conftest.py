"""Fixtures of the engine that these suites use, too."""

from ..selfhosted.conftest import _no_threads_left, wait_for_all_runs

__all__ = ["_no_threads_left", "wait_for_all_runs"]
