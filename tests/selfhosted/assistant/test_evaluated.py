"""A model's answers in an evaluation: asked with tools and all, and nothing of them is kept."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from chatkit.contrib.console.models import Evaluation, EvaluationResult
from chatkit.models import Run, Thread, ToolCall

from .model_server import Model, chat, chat_call

ASKS = "How do I add a customer?"


def evaluate(folder: Path, *questions: dict[str, str]) -> tuple[int, str]:
    made = {"format": "chatkit-evaluation/1", "name": "model", "questions": list(questions)}
    path = folder / "model.json"
    path.write_text(json.dumps(made))
    out = io.StringIO()
    try:
        call_command("chatkit_evaluate", str(path), user="ada", stdout=out)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def test_it_searches_and_cites_and_leaves_no_trace(
    chat_ada: Any, scripted_model: Model, tmp_path: Path
) -> None:
    scripted_model.answers = [
        chat_call("search_articles", {"question": ASKS}),
        chat("Open the customers and press New [1]."),
    ]
    expected = {"article": "customers", "phrase": "press  NEW", "outcome": "answered"}
    code, told = evaluate(tmp_path, {"question": ASKS, "language": "en"} | expected)
    result = EvaluationResult.objects.get()
    assert (result.got_outcome, result.got_articles) == ("answered", ["customers"])
    assert (code, result.passed) == (0, True), told
    kept = [model.objects.count() for model in (Thread, Run, ToolCall)]
    assert kept == [0, 0, 0]


def test_each_question_is_a_conversation_of_its_own(
    chat_ada: Any, scripted_model: Model, tmp_path: Path
) -> None:
    scripted_model.answers = [chat("Yes.")]
    evaluate(
        tmp_path,
        {"question": "First?", "outcome": "answered"},
        {"question": "Second?", "outcome": "answered"},
    )
    asked = [
        [message["content"] for message in body["messages"] if message["role"] == "user"]
        for body in scripted_model.bodies
    ]
    assert "First?" not in str(asked[1])


def test_a_model_that_breaks_off_ends_it_with_its_cause(
    use: Any, user: Any, tmp_path: Path, scripted_model: Model
) -> None:
    use(OPENAI_BASE_URL="http://127.0.0.1:9/v1")  # nobody listens there
    questions = [{"question": f"Q{n}?", "outcome": "answered"} for n in range(5)]
    code, told = evaluate(tmp_path, *questions)
    assert code == 2
    assert "was broken off after 3 of 5 questions: APIConnectionError" in told
    run = Evaluation.objects.get()
    assert (run.status, run.asked, run.passed) == ("broken", 3, 0)
    use(OPENAI_BASE_URL=scripted_model.url)
    scripted_model.answers = [chat("Yes.")]
    code, told = evaluate(tmp_path, *questions)
    assert (code, told) == (0, "model #2: 5 of 5 answered as expected (100%).\n")


def test_an_answer_with_half_a_character_is_kept(
    chat_ada: Any, scripted_model: Model, tmp_path: Path
) -> None:
    scripted_model.answers = [chat("Half \ud800 of it.")]
    code, told = evaluate(tmp_path, {"question": "Q?", "phrase": "of it"})
    assert (code, EvaluationResult.objects.get().got_text) == (0, "Half ? of it."), told


def test_one_that_breaks_off_in_the_middle_is_not_as_expected(
    chat_ada: Any, scripted_model: Model, tmp_path: Path
) -> None:
    cut = chat("Half an answ")[:1]
    scripted_model.answers = [cut, chat("Whole.")]
    questions = [{"question": f"Q{n}?", "phrase": "a"} for n in range(2)]
    evaluate(tmp_path, *questions, {"question": "Q?", "phrase": "whole"})
    results = {one.question: one for one in EvaluationResult.objects.all()}
    assert (results["Q0?"].passed, results["Q0?"].got_outcome) == (False, "failed")
    assert results["Q0?"].error
    assert results["Q?"].passed


pytestmark = pytest.mark.usefixtures("own_registry")
