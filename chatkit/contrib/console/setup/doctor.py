"""What the doctor finds, kept for a while: looking takes longer than a page may."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.utils import timezone

if TYPE_CHECKING:
    from chatkit.diagnosis import Finding

KEY = "chatkit_console_findings"
KEPT = 24 * 3600  # seconds


@dataclass(frozen=True)
class Report:
    at: datetime.datetime
    findings: list[Finding]

    @property
    def faults(self) -> int:
        from chatkit.diagnosis import FAULT  # late, here and below: it loads the hosted client

        return sum(finding.kind == FAULT for finding in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.faults


def look() -> Report:
    """Look now, and keep what is found."""
    from chatkit.diagnosis import findings

    report = Report(timezone.now(), findings())
    kept = {"at": report.at, "findings": [asdict(finding) for finding in report.findings]}
    cache.set(KEY, kept, KEPT)
    return report


def latest() -> Report | None:
    """What was found last, by whichever process; None where nobody has looked for a day."""
    kept: Any = cache.get(KEY)
    if not kept:
        return None
    from chatkit.diagnosis import Finding

    return Report(kept["at"], [Finding(**finding) for finding in kept["findings"]])
