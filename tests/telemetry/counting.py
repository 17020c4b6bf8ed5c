"""A process that counts, for test_processes: told what on its input, a line each.

`answer` ends an answer, `begin` begins one, `figures` writes the figures, where there are any, with
an empty line after.
"""

from __future__ import annotations

import sys

import django
from django.conf import settings

APPS = ["django.contrib.contenttypes", "django.contrib.auth", "chatkit"]


def main() -> None:
    settings.configure(
        INSTALLED_APPS=APPS,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        CHATKIT={"METRICS_TOKEN": "t0ken"},
    )
    django.setup()
    from chatkit import telemetry

    ended = telemetry.Ended(
        run_id="run_1",
        workflow_id="wf_1",
        kind="threads.create",
        status="completed",
        outcome="answered",
        error="",
        first_seconds=0.5,
        seconds=2.0,
        model="",
        tokens_in=10,
        tokens_cached=0,
        tokens_out=5,
    )
    for line in sys.stdin:
        if (told := line.strip()) in ("begin", "answer"):
            telemetry.run_began()
        if told == "answer":
            telemetry.run_over()
            telemetry.run_ended(ended)
        if told == "figures" and (figures := telemetry.metrics()) is not None:
            sys.stdout.write(figures.text().decode())
        print(flush=True)


if __name__ == "__main__":
    main()
