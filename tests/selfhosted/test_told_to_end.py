"""What docs/howto/servers.md says of the servers: each command of the page is run, where its server
is installed, and told to end while two answers are written."""

from __future__ import annotations

import http.client
import re
import shlex
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from .protocol import create, events, types
from .realserver import ROOT, Answer, RealServer, thread_of

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs/howto/servers.md").read_text("utf-8")
COMMANDS = [
    shlex.split(line)
    for line in re.findall(r"^\$ ((?:uvicorn|gunicorn|granian|hyper).*)", PAGE, re.M)
]
TOLD = "The answer was interrupted."


def test_the_page_names_every_server() -> None:
    assert [command[0] for command in COMMANDS] == [
        *("uvicorn", "gunicorn", "gunicorn", "granian", "hypercorn", "gunicorn"),
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: f"{words[0]}-{words[3]}")
def test_told_to_end(command: list[str], tmp_path: Path) -> None:
    """The graceful timeout is the page's, where nobody has to wait for it."""
    needed = "uvicorn_worker" if "uvicorn_worker.UvicornWorker" in command else command[0]
    if find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    threaded = "gthread" in command
    own = [word.replace("mysite.", "mseller.") for word in command]
    if threaded:
        own[own.index("--graceful-timeout") + 1] = "4"
    ends(own, tmp_path, told=not threaded)


def test_told_by_three_lines(tmp_path: Path) -> None:
    (command,) = [found for found in COMMANDS if "gthread" in found]
    (lines,) = re.findall(r"```python\n# gunicorn\.conf\.py\n((?s:.*?))```", PAGE)
    written = tmp_path / "gunicorn.conf.py"
    written.write_text(lines)
    own = [word.replace("mysite.", "mseller.") for word in command]
    ends([*own, "--config", str(written)], tmp_path, told=True)


def ends(own: list[str], tmp_path: Path, *, told: bool) -> None:
    server = RealServer(tmp_path, own).start()
    try:
        endless = server.call(create("say 2 wait"))
        thread_id = thread_of(endless.read_until(b"1 2 "))
        short = server.call(create("drip 30"))
        short.read_until(b"text_delta")
        started = time.monotonic()
        server.terminate(20)
        assert time.monotonic() - started < 12
        assert types(events(short.read()))[-1] == "thread.item.done"
        last = end_of(endless)
        assert (last.get("message") == TOLD) is told
        server.start()
        items = server.items(thread_id)
        assert [item["type"] for item in items] == ["user_message", "assistant_message", "task"]
        assert items[1]["content"][0]["text"] == "1 2 "
    finally:
        server.kill()


def end_of(answer: Answer) -> Any:
    """The last event that came, whether or not the stream was cut then."""
    try:
        return events(answer.read())[-1]
    except (http.client.IncompleteRead, ConnectionError):
        answer.drop()
        return events(answer.data)[-1]
