"""What outside tools are told: figures for Prometheus, and spans for OpenTelemetry.

Each is loaded at its first use, and only where its library is installed (and, of the figures, where
CHATKIT["METRICS_TOKEN"] says who may read them). Elsewhere nothing is loaded or counted. Nothing
is done for a single frame, and neither is told words of conversations, names of people or secrets.
"""

from .ended import Attribute, Ended
from .hooks import (
    metrics,
    run_began,
    run_ended,
    run_over,
    session_asked,
    span,
    start_span,
    stream_opened,
    transcribed,
)

__all__ = [
    "Attribute",
    "Ended",
    "metrics",
    "run_began",
    "run_ended",
    "run_over",
    "session_asked",
    "span",
    "start_span",
    "stream_opened",
    "transcribed",
]
