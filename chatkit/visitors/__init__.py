"""People who chat without a login, where CHATKIT["VISITORS"] lets them: `policy` is what a workflow
says of them, `cookie` how they are known again, `people` who asks, `merging` what a login does."""

from .cookie import NO_HASHES
from .merging import connect_signals, merge_cookie, visitor_before
from .people import asking, forget, person_of, settle, take_in
from .policy import Policy, is_used, longest_days, policy_of

__all__ = [
    "NO_HASHES",
    "Policy",
    "asking",
    "connect_signals",
    "forget",
    "is_used",
    "longest_days",
    "merge_cookie",
    "person_of",
    "policy_of",
    "settle",
    "take_in",
    "visitor_before",
]
