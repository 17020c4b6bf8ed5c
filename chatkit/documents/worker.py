"""Reads one document from the standard input, in a process that has nothing else to lose.

It writes a line of JSON for each step: `{"done": 3, "of": 20}`, and last `{"title", "body"}` or
`{"refused": code}`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from . import kinds, markup, plain
from .drafts import MAX_TEXT, Draft, Progress, Refused

MEMORY = 1024 * 1024 * 1024  # bytes
SECONDS = 120  # of processor time


def main() -> None:
    limit()
    out, name = sys.stdout, sys.argv[-1]
    sys.stdout = sys.stderr  # what libraries print is no answer

    def write(line: dict[str, Any]) -> None:
        out.write(json.dumps(line) + "\n")
        out.flush()

    try:
        draft = read(
            sys.stdin.buffer.read(), name, lambda done, of: write({"done": done, "of": of})
        )
        write({"title": draft.title, "body": draft.body})
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


def read(data: bytes, name: str, progress: Progress) -> Draft:
    """Raises Refused with the code of the sentence that says why."""
    kind = kinds.kind_of(data, name)
    if kind == kinds.PDF:
        from . import pdf

        draft = pdf.read(data, progress)
    elif kind == kinds.WORD:
        from . import word

        draft = word.read(data)
    else:
        text = kinds.decoded(data)
        readers = {kinds.HTML: markup.read, kinds.CSV: plain.read_csv, kinds.TEXT: plain.read_text}
        draft = readers[kind](text)
    if not draft.title.strip() and not draft.body.strip():
        raise Refused("no_text")
    if len(draft.body) > MAX_TEXT:
        raise Refused("too_long")
    return draft


if __name__ == "__main__":
    main()
