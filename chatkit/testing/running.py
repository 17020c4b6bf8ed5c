"""Ends what answers leave running in the process of the tests."""

from __future__ import annotations


def end_runs() -> None:
    """End all answers that are being written, wait for files that are being deleted, and end the
    threads and connections of the app.

    Call it before the database of a test is emptied or dropped. The next answer begins anew.
    """
    from ..attachments import later
    from ..selfhosted.runs import lifecycle, process

    lifecycle.stop_all()
    later.finish()
    process.close()
