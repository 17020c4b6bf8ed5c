"""The figures of days: the same from kept rows as from the runs, and right after late changes."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.db.models.signals import pre_delete
from django.utils import timezone

from chatkit import personal_data
from chatkit.contrib.console import daily, period
from chatkit.contrib.console.daily import buckets
from chatkit.contrib.console.models import Day, DayFigures, DayPerson, MonthPerson
from chatkit.models import Feedback, Run, Thread
from chatkit.signals import feedback_given
from tests.people import staff

from .traffic import DAY, SECOND, asked

pytestmark = pytest.mark.django_db


def week() -> period.Period:
    return period.of_kind("7d")


def told() -> list[Any]:
    """Everything that is told of the last week, in an order of its own."""
    sums = daily.figures(week()).sums
    figures = sorted((*kind, sum_) for kind, sum_ in sums.items() if sum_.answers or sum_.down)
    people = daily.people(week())
    articles = daily.articles(week())
    return [
        [(*row[:-1], sorted((key, n) for key, n in row[-1].first.items() if n)) for row in figures],
        [vars(row[-1]) | {"first": None} for row in figures],
        sorted((str(key), sum_.answers, sum_.down) for key, sum_ in people.items() if sum_.answers),
        sorted((key, sum_.answers, sum_.down) for key, sum_ in articles.items()),
    ]


@pytest.fixture
def traffic(user: Any, other: Any) -> list[Run]:
    noon = timezone.localtime().replace(hour=12, minute=0)
    cited = [{"article": "orders", "section": "cancel"}, {"article": "orders"}]
    return [
        asked(user, at=noon - DAY, first_token_ms=1200, model="m1", tokens_in=10, tokens_out=3),
        asked(user, at=noon - DAY, first_token_ms=1300, model="m1", cited=cited),
        asked(user, at=noon - DAY, outcome="failed", error="APITimeoutError"),
        asked(other, at=noon - 2 * DAY, outcome="not_found", workflow_id="wf_2", down=True),
        asked(other, at=noon - 2 * DAY, down=True, cited=cited, first_token_ms=90),
        asked(other, outcome="clarified"),
    ]


class TestKeptDays:
    def test_they_tell_what_the_runs_tell(self, traffic: list[Run]) -> None:
        live = told()
        call_command("chatkit_rollup", verbosity=0)
        assert Day.objects.filter(stale=False).count() == 2
        assert daily.stale_days(week())[-1] == period.today()
        assert told() == live

    def test_they_count_no_runs(self, traffic: list[Run], django_assert_num_queries: Any) -> None:
        daily.make_up()
        with django_assert_num_queries(4):
            daily.figures(week())
        with django_assert_num_queries(4):
            daily.people(week())
        past = period.Period("own", period.today() - 6 * DAY, period.today() - DAY)
        daily.make_up(past.days)
        with django_assert_num_queries(2):
            daily.figures(past)

    def test_days_before_the_first_run_are_not_counted(self, traffic: list[Run]) -> None:
        year = period.Period("own", period.today() - 365 * DAY, period.today())
        assert len(daily.stale_days(year)) == 3
        daily.make_up()
        assert daily.stale_days(year) == [period.today()]
        # What is deleted leaves its counts on days that are then before the first run.
        oldest = [run.thread_id for run in traffic[3:5]]
        personal_data.erase(traffic[3].user)
        assert not Run.objects.filter(thread__in=oldest).exists()
        assert daily.figures(year).total().answers == 6

    def test_by_day_the_first_words_are_the_same(self, traffic: list[Run]) -> None:
        for _time in range(2):
            apart, together = daily.figures(week()), daily.compared(week())[0]
            assert apart.total() == together.total()
            assert apart.total().first.total() == 3
            by = [found.by(lambda kind: kind.day) for found in (apart, together)]
            assert by[0] == by[1]
            daily.make_up()

    def test_only_what_is_due_is_made_up(self, traffic: list[Run], capsys: Any) -> None:
        assert daily.make_up() == 2
        assert daily.make_up() == 0
        call_command("chatkit_rollup")
        assert capsys.readouterr().out == "Made up 0 days.\n"

    def test_made_up_again_they_are_the_same(self, traffic: list[Run]) -> None:
        daily.make_up()
        before = told()
        daily.make_up(week().days)
        assert told() == before

    def test_days_are_those_of_the_sites_time_zone(self, user: Any, settings: Any) -> None:
        settings.TIME_ZONE = "Asia/Tokyo"
        midnight = timezone.make_aware(
            datetime.datetime.combine(period.today() - DAY, datetime.time.min),
            timezone.get_default_timezone(),
        )
        asked(user, at=midnight)
        asked(user, at=midnight - datetime.timedelta(seconds=1))
        for _time in range(2):
            by_day = daily.figures(week()).by(lambda kind: kind.day)
            assert {day: sum_.answers for day, sum_ in by_day.items()} == {
                period.today() - DAY: 1,
                period.today() - 2 * DAY: 1,
            }
            daily.make_up()


def long() -> period.Period:
    """With a whole month that is over, whatever day it is."""
    return period.Period("own", period.today() - 70 * DAY, period.today())


def long_told() -> list[Any]:
    """What is told of such a period, from its runs or from what is kept."""
    both = daily.compared(long())[0]
    people = [daily.people(long(), None, *by) for by in ((), ("model",), ("model", "day"))]
    return [
        both.total(),
        {day: vars(sum_) for day, sum_ in both.by(lambda kind: kind.day).items() if sum_.answers},
        both.outcomes(),
        *({key: vars(sum_) for key, sum_ in found.items() if sum_.answers} for found in people),
    ]


@pytest.mark.slow
class TestLongPeriods:
    @pytest.fixture
    def months(self, user: Any, other: Any) -> list[Run]:
        """Two answers of each on every tenth day."""
        noon = timezone.localtime().replace(hour=12, minute=0)
        return [
            asked(one, at=noon - nth * DAY, model=f"m{nth % 3}", tokens_in=nth, down=nth == 40)
            for nth in range(10, 80, 10)
            for one in (user, user, other)
        ]

    def test_they_tell_what_the_runs_tell(self, months: list[Run]) -> None:
        live = long_told()
        daily.make_up()
        assert Day.objects.filter(summed=True).exists()
        assert MonthPerson.objects.exists()
        assert long_told() == live

    def test_they_read_no_days_of_people_in_whole_months(self, months: list[Run]) -> None:
        daily.make_up()
        before = long_told()
        whole = MonthPerson.objects.order_by("-month").values_list("month", flat=True)[0]
        DayPerson.objects.filter(day__month=whole.month).delete()
        DayFigures.objects.all().delete()
        assert long_told()[:5] == before[:5]

    def test_a_change_is_told_before_and_after_it_is_made_up(self, months: list[Run]) -> None:
        """Of an answer in a month that is over, which is summed; on a 31st, that of 30 days ago
        is in the current one."""
        daily.make_up()
        current = period.midnight(period.today().replace(day=1))
        over = (run for run in months if run.created_at < current)
        run = next(run for run in over if not run.thread.feedback.exists())
        kept = MonthPerson.objects.filter(
            month=run.created_at.date().replace(day=1), user=run.user, model=run.model
        )
        before = daily.compared(long())[0].total().down, _down(run.user)
        summed = kept.get().down
        voted = Feedback.objects.create(
            thread=run.thread, item_id=f"assi_{run.pk[-12:]}", user=run.user, kind="negative"
        )
        feedback_given.send(sender=Feedback, feedback=voted, user=run.user)
        for _time in range(2):
            now = daily.compared(long())[0].total().down, _down(run.user)
            assert now == (before[0] + 1, before[1] + 1)
            daily.make_up()
        assert kept.get().down == summed + 1

    @pytest.mark.parametrize("what", ["erase", "delete", "thread"])
    def test_what_is_deleted_stays_of_nobody(
        self, months: list[Run], other: Any, what: str
    ) -> None:
        daily.make_up()
        before = long_told()
        if what == "erase":
            personal_data.erase(other)
        elif what == "delete":
            other.delete()
        else:
            months[11].thread.delete()
        gone = 7 if what != "thread" else 1
        for _time in range(3):
            told = long_told()
            assert told[:3] == before[:3]
            for place in (3, 4):
                of_nobody = [row for key, row in told[place].items() if key[0] is None]
                assert sum(row["answers"] for row in of_nobody) == gone
                whole = sum(row["answers"] for row in told[place].values())
                assert whole == before[0].answers
            daily.make_up(days(long()) if _time else None)
        assert not MonthPerson.objects.filter(answers__lt=0).exists()

    def test_the_queries_are_those_of_a_short_one(
        self, months: list[Run], django_assert_num_queries: Any
    ) -> None:
        daily.make_up()
        with django_assert_num_queries(6):
            daily.compared(long())
        with django_assert_num_queries(6):
            daily.people(long())


def _down(user: Any) -> int:
    return daily.people(long())[user.pk,].down


def days(of: period.Period) -> list[datetime.date]:
    return [day for day in of.days if day < period.today()]


class TestLateChanges:
    def test_a_vote_of_today_on_an_answer_of_yesterday(self, traffic: list[Run]) -> None:
        daily.make_up()
        run = traffic[0]
        voted = Feedback.objects.create(
            thread=run.thread, item_id=f"assi_{run.pk[-12:]}", user=run.user, kind="negative"
        )
        feedback_given.send(sender=Feedback, feedback=voted, user=run.user)
        assert daily.figures(week()).total().down == 3
        assert daily.make_up() == 1
        assert daily.figures(week()).total().down == 3
        assert DayFigures.objects.filter(down=1, model="m1").exists()

    def test_an_answer_that_ends_after_midnight(self, traffic: list[Run]) -> None:
        run = asked(traffic[0].user, at=traffic[0].created_at, status="running", outcome="")
        daily.make_up()
        assert daily.figures(week()).outcomes()[""] == 1
        Run.objects.filter(pk=run.pk).update(status="completed", outcome="answered", tokens_in=7)
        assert daily.figures(week()).outcomes()[""] == 0
        assert daily.figures(week()).total().tokens_in == 17
        assert daily.make_up() == 1
        assert daily.figures(week()).total().tokens_in == 17
        assert daily.make_up() == 0

    def test_a_question_whose_transaction_ends_after_midnight(
        self, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        midnight = period.midnight(period.today())
        asked(user, at=midnight - 60 * SECOND)
        monkeypatch.setattr(timezone, "now", lambda: midnight + SECOND)
        daily.make_up()
        asked(user, at=midnight - SECOND)  # which only now is to be seen
        for seconds in (2, 3600):
            now = midnight + seconds * SECOND
            monkeypatch.setattr(timezone, "now", lambda now=now: now)
            assert daily.figures(week()).total().answers == 2
            daily.make_up()
        assert period.today() - DAY not in daily.stale_days(week())
        assert daily.figures(week()).total().answers == 2


class TestDeleting:
    @pytest.mark.parametrize("kept", [True, False])
    def test_counts_stay_without_the_person(
        self, traffic: list[Run], other: Any, kept: bool
    ) -> None:
        if kept:
            daily.make_up()
        figures = told()
        assert dict(daily.people(week())).keys() >= {(other.pk,)}
        personal_data.erase(other)
        for _time in range(2):
            assert told()[:2] == figures[:2]
            assert told()[3] == figures[3]
            people = {key: sum_.answers for key, sum_ in daily.people(week()).items()}
            assert {key: n for key, n in people.items() if n} == {
                (traffic[0].user.pk,): 3,
                (None,): 3,
            }
            daily.make_up(week().days)
        assert not DayPerson.objects.filter(user=other).exclude(answers=0).exists()

    def test_so_with_the_user(self, traffic: list[Run], other: Any) -> None:
        daily.make_up()
        figures = told()
        other.delete()
        assert told()[:2] == figures[:2]
        assert {key for key, sum_ in daily.people(week()).items() if sum_.answers} == {
            (traffic[0].user.pk,),
            (None,),
        }

    def test_many_are_kept_in_a_few_rows(
        self, user: Any, django_assert_max_num_queries: Any
    ) -> None:
        thread = asked(user).thread
        for number in range(30):
            asked(user, thread=thread, question=f"Question {number}?")
        with django_assert_max_num_queries(25):
            Thread.objects.filter(pk=thread.pk).delete()
        assert DayFigures.objects.filter(gone=True).count() == 1
        assert daily.figures(week()).total().answers == 31

    @pytest.mark.parametrize("what", ["users", "threads", "runs"])
    def test_many_cost_as_many_queries_as_one(
        self, what: str, connection_queries: Callable[[Callable[[], object]], int]
    ) -> None:
        """Each person has two conversations, a vote in each. The longest ago is the same for one
        and for many: there are queries for each month."""
        found = []
        for number, count in enumerate((1, 5)):
            people = [staff(f"many-{number}-{nth}") for nth in range(count)]
            for nth, one in enumerate(people):
                for days in (nth, 5):
                    first = asked(one, at=timezone.now() - days * DAY, down=True)
                    asked(one, "And then?", thread=first.thread, at=first.created_at + 9 * SECOND)
            daily.make_up(week().days)
            before = daily.figures(week()).total()
            rows: Any = {
                "users": get_user_model().objects.filter(pk__in=[one.pk for one in people]),
                "threads": Thread.objects.filter(user__in=people),
                "runs": Run.objects.filter(user__in=people),
            }[what]
            found.append(connection_queries(rows.delete))
            assert daily.figures(week()).total() == before
            assert before.down == 2 * count + (2 if number else 0)
        assert found[0] == found[1]

    def test_deleted_once_more_after_a_failure_they_count_once(self, user: Any) -> None:
        asked(user)

        def fails(**kwargs: Any) -> None:
            raise ValueError("no")

        pre_delete.connect(fails, sender=get_user_model(), weak=False)
        try:
            with pytest.raises(ValueError, match="no"), transaction.atomic():
                user.delete()
        finally:
            pre_delete.disconnect(fails, sender=get_user_model())
        user.delete()
        assert daily.figures(week()).total().answers == 1

    def test_a_request_that_was_refused_was_no_answer(self, user: Any) -> None:
        run = asked(user, status="running", outcome="", answer="")
        Run.objects.filter(pk=run.pk).delete()
        assert daily.figures(week()).total().answers == 0


class TestBuckets:
    @pytest.mark.parametrize("ms", [0, 1, 9, 700, 1234, 60_000, 4_000_000])
    def test_a_time_is_told_to_within_some_percent(self, ms: int) -> None:
        found = buckets.percentile({buckets.of(ms): 1}, 0.5)
        assert found is not None
        assert abs(found - ms) <= 0.06 * ms + 1

    def test_the_database_has_the_same_ones(self, user: Any) -> None:
        times = [0, 1, 9, 700, 1234, 60_000, 4_000_000, None]
        for ms in times:
            asked(user, first_token_ms=ms)
        expression = buckets.expression("first_token_ms")
        rows = Run.objects.annotate(bucket=expression).values_list("first_token_ms", "bucket")
        assert {ms: buckets.of(ms) for ms in times} == dict(rows)

    def test_percentiles(self) -> None:
        counts = {buckets.of(ms): n for ms, n in ((100, 94), (1000, 5), (9000, 1))}
        assert [buckets.percentile(counts, share) for share in (0.5, 0.95, 1.0)] == [
            pytest.approx(100, rel=0.1),
            pytest.approx(1000, rel=0.1),
            pytest.approx(9000, rel=0.1),
        ]
        assert buckets.percentile({}, 0.5) is None
