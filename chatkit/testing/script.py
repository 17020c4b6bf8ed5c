"""An assistant that answers as a test says, in the place of the site's own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from .steps import Answer, Step, steps_of

SERVER = "chatkit.testing.server.ScriptedServer"


class ScriptError(Exception):
    """The test asks for something that its script does not have."""


class Script:
    """What the assistant says, and what it was asked.

    Answers are given in turn, one for each question; `on` names those that are given whenever
    a question holds some words. Where nothing is left to say, the answer fails and says so.
    """

    def __init__(self, *answers: Answer) -> None:
        #: The questions so far; "" for what a page's tool has returned.
        self.asked: list[str] = []
        self._answers = deque(steps_of(answer) for answer in answers)
        self._rules: list[tuple[str, list[Step]]] = []
        self._actions: dict[str, list[Step]] = {}
        self._turns = threading.Semaphore(0)
        self._over = threading.Event()

    def answer(self, *steps: Step) -> Script:
        """One more answer, behind those that are there: `answer("Within ", "30 days.")`."""
        self._answers.append(steps_of(steps))
        return self

    def on(self, words: str, *steps: Step) -> Script:
        """The answer to each question that holds these words, in capitals or not."""
        self._rules.append((words.casefold(), steps_of(steps)))
        return self

    def on_action(self, action_type: str, *steps: Step) -> Script:
        """What follows a button of a widget whose action is of this type."""
        self._actions[action_type] = steps_of(steps)
        return self

    def go(self) -> None:
        """Let the answer go on that waits at its `Hold`, or will wait at its next one."""
        self._turns.release()

    @property
    def left(self) -> int:
        """How many of the answers in turn were not given yet."""
        return len(self._answers)

    # -- for the server ------------------------------------------------------------------

    def take(self, question: str) -> list[Step]:
        """The answer to a question."""
        self.asked.append(question)
        said = question.casefold()
        for words, steps in self._rules:
            if question and words in said:
                return steps
        if not self._answers:
            raise ScriptError(f"The script has no answer left to {question!r}.")
        return self._answers.popleft()

    def take_action(self, action_type: str) -> list[Step]:
        """What follows an action."""
        if action_type not in self._actions:
            raise ScriptError(f"The script says nothing of the action {action_type!r}.")
        return self._actions[action_type]

    def may_go_on(self) -> bool:
        """Whether `go` was called once more than there were holds, or all is over."""
        return self._over.is_set() or self._turns.acquire(blocking=False)

    def close(self) -> None:
        """Nothing waits any more."""
        self._over.set()


_playing: list[Script] = []


def current() -> Script:
    """The script that is being played."""
    if not _playing:
        raise ScriptError("No script is being played: use `chatkit.testing.scripted`.")
    return _playing[-1]


@contextmanager
def scripted(*answers: Answer, workflow_id: str = "") -> Iterator[Script]:
    """In this block (or function: it is a decorator, too) a script answers for the assistant.

    It takes the place of all workflows of the site, those that OpenAI answers among them, or
    of the one that is named. Login, sessions, limits, storage and streams stay the site's own.

        with scripted("Within 30 days.") as script: ...
        script = self.enterContext(scripted())  # in setUp of a test case
    """
    from django.conf import settings
    from django.test import override_settings

    from .. import workflows

    table = {name: workflow.answerer for name, workflow in workflows.table().items()}
    replaced = [workflow_id] if workflow_id else [*table] or ["scripted"]
    told = {**getattr(settings, "CHATKIT", {})}
    told["WORKFLOWS"] = table | dict.fromkeys(replaced, SERVER)
    script = Script(*answers)
    _playing.append(script)
    try:
        with override_settings(CHATKIT=told):
            yield script
    finally:
        script.close()
        _playing.remove(script)
