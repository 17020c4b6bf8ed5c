"""What CHATKIT["VISITORS"] says, for a workflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import conf, workflows


@dataclass(frozen=True)
class Policy:
    """How a workflow takes people without a login. Rates are as django-ratelimit writes them."""

    messages: str = "20/d"  # of one visitor
    address: str = "60/h"  # messages from one address, whoever sends them
    newcomers: str = "20/h"  # visitors who come from one address
    total: str = "1000/d"  # messages of all visitors together
    days: int = 30  # after which a visitor who did not come back is erased
    consent: Any = ""  # what they agree to by sending a message


def policy_of(workflow_id: str) -> Policy | None:
    """The policy for visitors of a workflow; None where it takes none, as by default. What the
    workflow leaves out is the site's."""
    if not workflows.takes_visitors(workflow_id):
        return None
    own, base = workflows.setting("VISITORS", workflow_id), conf.get("VISITORS")
    given = [one for one in (base, own) if isinstance(one, dict)]
    return Policy(**{name: value for one in given for name, value in one.items()})


def is_used() -> bool:
    """Whether any workflow takes visitors."""
    return any(policy_of(workflow_id) for workflow_id in workflows.table())


def longest_days() -> int | None:
    """How long the cookie of a visitor is good, and a row of one is kept; None where none is."""
    found = [policy.days for one in workflows.table() if (policy := policy_of(one))]
    return max(found, default=None)
