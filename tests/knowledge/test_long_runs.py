"""Long runs of the same signs, in questions, answers and articles, take no time.

Each program takes minutes where an expression is tried from every sign of a run.
"""

from __future__ import annotations

import pytest

from tests.tools.promptly import printed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("text", ['"a" * 60_000', '"arl" * 20_000', '"a-" * 30_000'])
def test_a_long_word_refers_to_nothing(text: str) -> None:
    program = f"from chatkit.knowledge.question import refers_back; print(refers_back({text}))"
    assert printed(program) == "False"


def test_a_word_that_refers_back_is_found_within_a_question() -> None:
    program = """
from chatkit.knowledge.question import refers_back
print(*map(refers_back, ("¿puedo cancelarlo?", "x(cancelarlos", "mande-o e envia-lo", "parlo")))
"""
    assert printed(program) == "True True True False"


@pytest.mark.parametrize(
    "run",
    [
        '"a" + "!" * 60_000 + "a"',
        '"(" * 60_000 + "a"',
        '"([{" * 20_000 + "a"',
        "'(\"' * 30_000 + 'a'",
    ],
)
def test_what_stands_around_a_foreign_run_is_found(run: str) -> None:
    program = f"""
from chatkit.knowledge.direction import runs_of
(found,) = [run.text for run in runs_of("\\u05d0 " + {run}, "rtl") if run.foreign]
print(found[0], found[-1])
"""
    assert printed(program) == "a a"


def test_blank_lines_in_a_section() -> None:
    program = """
from chatkit.knowledge.meaning import plain
print(plain("x" + "\\n" * 60_000 + "y\\n\\n  - z"))
"""
    assert printed(program) == "x y z"


def test_spaces_in_a_heading() -> None:
    program = """
import os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from chatkit.knowledge.articles import parse_article
from chatkit.selfhosted.replies import heading
text = "# a" + " " * 300_000 + "b\\n\\nText."
print(len(heading(parse_article(text, "a", "en").sections[0])))
"""
    assert printed(program) == "300006"
