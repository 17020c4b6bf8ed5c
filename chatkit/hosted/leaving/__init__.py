"""What breaks when: settings, code and records read for what OpenAI ends. No secret is read."""

from .findings import Finding, findings

__all__ = ["Finding", "findings"]
