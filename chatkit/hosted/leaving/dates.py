"""When OpenAI ends what: as its page of deprecations had it in November 2026."""

from __future__ import annotations

import datetime
import re

from .. import sunset

SOURCE = "https://developers.openai.com/api/docs/deprecations"
# All three end on one day: Agent Builder, its evaluations, prompts that are kept at OpenAI.
AGENT_BUILDER = PROMPTS = EVALS = sunset.DATE


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


# Names as people write them, without the date of a snapshot.
MODELS: dict[str, datetime.date] = {
    name: _day(day)
    for day, names in {
        "2026-10-23": (
            *("gpt-3.5-turbo", "gpt-4", "gpt-4-turbo", "gpt-4.1-nano"),
            *("gpt-4o-2024-05-13", "o1", "o1-pro", "o3-mini", "o4-mini"),
        ),
        "2026-12-11": ("gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5-pro", "o3", "o3-pro"),
        "2027-01-14": ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini"),
        "2027-02-26": (
            *("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe"),
            "gpt-4o-transcribe-diarize",
        ),
        "2027-04-01": ("gpt-5.1", "gpt-5.3-codex", "gpt-5.4-nano"),
    }.items()
    for name in names
}
# The date of a snapshot: gpt-5-2025-08-07, and gpt-4-0613 as it was in the beginning.
SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{4})$", re.ASCII)
# What may stand before a name: who serves it (as LiteLLM or LangChain have it), and a fine-tuned
# model's "ft:".
BEFORE = re.compile(r"^(?:(?:litellm/)?openai[/:])?(?:ft:)?")


def end_of(model: str) -> datetime.date | None:
    """The day on which a model of this name ends.

    A name counts only whole: as the table has it, or followed by the date of a snapshot. `gpt-5`
    says nothing of `gpt-5.2` or `gpt-5-codex`. A fine-tuned model ends with what it was made of.
    """
    name = BEFORE.sub("", model)
    if "ft:" in model:
        name = name.partition(":")[0]
    return MODELS.get(name) or MODELS.get(SNAPSHOT.sub("", name))
