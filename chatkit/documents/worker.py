"""Reads one document from the standard input, in a process that has nothing else to lose.

Its arguments are a file's name, and seconds where the beginning of a long document is better than
nothing. It writes a line of JSON for each step: `{"done": 3, "of": 20}`, and last `{"title",
"body", "cut"}` or `{"refused": code}`.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from . import kinds, markup, plain
from .drafts import MAX_TEXT, Draft, Progress, Refused

MEMORY = 1024 * 1024 * 1024  # bytes
SECONDS = 120  # of processor time


def main() -> None:
    limit()
    out, (name, *seconds) = sys.stdout, sys.argv[1:]
    sys.stdout = sys.stderr  # what libraries print is no answer

    def write(line: dict[str, Any]) -> None:
        out.write(json.dumps(line) + "\n")
        out.flush()

    try:
        data = sys.stdin.buffer.read()
        deadline = time.monotonic() + float(seconds[0]) if seconds else None
        draft = read(data, name, lambda done, of: write({"done": done, "of": of}), deadline)
        write({"title": draft.title, "body": draft.body, "cut": draft.cut})
    except Refused as refused:
        write({"refused": refused.code})
    except ImportError:
        write({"refused": "missing"})
    except (MemoryError, RecursionError):
        write({"refused": "too_complex"})
    except Exception:  # of ours or of a library's: the next time would be no better
        write({"refused": "broken"})


def limit() -> None:
    """So little memory and time for this process, where the system can hold it to that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # The signal of the first one says why; at the second the process is killed as by anybody.
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))


def read(data: bytes, name: str, progress: Progress, deadline: float | None = None) -> Draft:
    """Raises Refused with the code of the sentence that says why. With a deadline, by
    `time.monotonic()`, a document that is too long is cut there, or where the limits are."""
    kind = kinds.kind_of(data, name)
    cut = deadline is not None
    if kind == kinds.PDF:
        from . import pdf

        draft = pdf.read(data, progress, deadline)
    elif kind == kinds.WORD:
        from . import word

        draft = word.read(data, deadline)
    elif kind == kinds.HTML:
        draft = markup.read(kinds.decoded(data), deadline)
    else:
        text = kinds.decoded(data)
        draft = plain.read_csv(text, cut=cut) if kind == kinds.CSV else plain.read_text(text)
    if not draft.title.strip() and not draft.body.strip():
        raise Refused("no_text")
    too_long = len(draft.body) > MAX_TEXT
    if not cut and (too_long or draft.cut):
        raise Refused("too_long")
    return Draft(draft.title, draft.body[:MAX_TEXT], cut=True) if too_long else draft


if __name__ == "__main__":
    main()
