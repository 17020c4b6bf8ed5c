"""Causes and fixes, as the admin reads them."""

from __future__ import annotations

import datetime

import pytest

from chatkit.exceptions import CODES
from chatkit.hosted import causes, sunset
from chatkit.models import Session


@pytest.fixture(autouse=True)
def _before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sunset, "today", lambda: datetime.date(2026, 11, 1))


@pytest.mark.parametrize("cause", causes.ALL, ids=lambda cause: cause.sentence)
def test_is_complete(cause: causes.Cause) -> None:
    assert cause.code in CODES
    assert len(cause.sentence) <= (Session._meta.get_field("error_cause").max_length or 0)
    assert causes.explain(cause.sentence) == (cause.sentence, cause.fix)


@pytest.mark.parametrize("status", [302, 400, 403, 404, 405, 410, 429, 451, 500])
def test_refusals_of_the_end(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Administrators read of the end where users do."""
    cause = causes.of_response(status, {})

    def fix() -> str:
        return causes.explain(cause.sentence, hosted=True)[1]

    assert "announced" not in fix()
    monkeypatch.setattr(sunset, "today", lambda: datetime.date(2026, 12, 1))
    may_be = status not in (429, 500)
    assert causes.UpstreamError(cause, status).may_be_the_end is may_be
    assert ("announced the end of Agent Builder" in fix()) is may_be
    for other in (cause, causes.of_agents(cause)):  # of agents and models it is not the end
        assert "announced" not in causes.explain(other.sentence)[1]
    assert "announced" not in causes.explain("Something of old.", hosted=True)[1]


def test_every_cause_is_listed() -> None:
    found = {value for value in vars(causes).values() if isinstance(value, causes.Cause)}
    assert found == set(causes.ALL)


def test_sentences_are_unique() -> None:
    assert len({cause.sentence for cause in causes.ALL}) == len(causes.ALL)


def test_unknown_sentence() -> None:
    assert causes.explain("Something of old.") == ("Something of old.", causes.OTHER.fix)
    assert causes.explain("") == ("", causes.OTHER.fix)


@pytest.mark.parametrize("data", [None, [], "x", {}, {"error": "x"}, {"error": []}])
def test_any_body(data: object) -> None:
    assert causes.of_response(401, data) is causes.KEY
