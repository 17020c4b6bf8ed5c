"""Who may see the console, its tabs, its period, its tables as CSV, and pages of other apps."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.test import AsyncRequestFactory, Client, RequestFactory
from django.utils import timezone

from chatkit.contrib.console import period, registry, tables
from chatkit.contrib.console.figures import Figure
from chatkit.contrib.console.tables import Cell, Column, Table
from chatkit.contrib.console.visit import Visit, console_view

from ...tools.small_site import URLS, SmallSite

URL = "/apps/chatkit/console/"
FRIDAY = datetime.datetime(2026, 11, 27, 23, 30, tzinfo=datetime.UTC)


class TestWho:
    def test_strangers_are_led_to_the_login(self, client: Client) -> None:
        response = client.get(URL, {"period": "30d"})
        assert response["Location"] == f"/accounts/login/?next={URL}%3Fperiod%3D30d"

    def test_it_does_not_exist_for_users_without_the_permission(self, logged_in: Client) -> None:
        assert logged_in.get(URL).status_code == 404

    def test_it_takes_staff(self, console: Client, operator: Any) -> None:
        assert console.get(URL).status_code == 200
        get_user_model().objects.filter(pk=operator.pk).update(is_staff=False)
        assert console.get(URL).status_code == 404

    def test_only_who_may_see_it_has_it_in_the_menu(
        self, console: Client, logged_in: Client
    ) -> None:
        assert f'href="{URL}"' in console.get("/").content.decode()
        assert f'href="{URL}"' not in logged_in.get("/").content.decode()

    def test_pages_are_kept_by_no_cache(self, console: Client) -> None:
        assert console.get(URL)["Cache-Control"] == "private, no-store"

    def test_a_nul_in_the_address_is_nothing(self, console: Client) -> None:
        assert console.get(f"{URL}?from=%00").status_code in (400, 404)

    @pytest.mark.parametrize("base", [None, "base.html"])
    def test_it_stands_in_the_sites_own_template_or_in_a_plain_one(
        self, console: Client, settings: Any, base: str | None
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"BASE_TEMPLATE": base}
        page = console.get(URL).content.decode()
        assert ('class="sidebar"' in page) == (base == "base.html")
        assert '<h1 class="ckc-title" dir="auto">Overview</h1>' in page


BROKEN = [
    ({"period": "century"}, "There is no such period"),
    ({"period": "own"}, "no first or no last day"),
    ({"period": "own", "from": "2026-02-30", "to": "2026-03-01"}, "no first or"),
    ({"period": "own", "from": "0001-01-01", "to": "0001-01-01"}, "no first or"),
    ({"period": "own", "from": "9999-12-31", "to": "9999-12-31"}, "no first or"),
    ({"period": "own", "from": "2026-03-02", "to": "2026-03-01"}, "ends before"),
    ({"period": "own", "from": "8027-03-02", "to": "8027-03-03"}, "has not begun"),
    ({"period": "own", "from": "2020-03-02", "to": "2026-03-03"}, "longer than a year"),
]


class TestPeriod:
    @pytest.fixture(autouse=True)
    def now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(timezone, "now", lambda: FRIDAY)

    def span(self, **query: str) -> tuple[str, str, str]:
        found = period.chosen(query)
        return found.first.isoformat(), found.last.isoformat(), str(found.problem)

    def test_it_counts_back_from_today(self) -> None:
        assert self.span() == ("2026-11-21", "2026-11-27", "")
        assert self.span(period="today") == ("2026-11-27", "2026-11-27", "")
        assert self.span(period="30d") == ("2026-10-29", "2026-11-27", "")

    def test_days_are_those_of_the_sites_time_zone(self, settings: Any) -> None:
        settings.TIME_ZONE = "Asia/Tokyo"
        found = period.chosen({"period": "today"})
        assert found.first.isoformat() == "2026-11-28"
        assert found.start.isoformat() == "2026-11-28T00:00:00+09:00"
        assert period.day_of(FRIDAY).isoformat() == "2026-11-28"

    def test_a_day_may_have_another_length(self, settings: Any) -> None:
        settings.TIME_ZONE = "Europe/Madrid"
        found = period.chosen({"period": "own", "from": "2026-10-25", "to": "2026-10-25"})
        assert found.end - found.start == datetime.timedelta(days=1)  # on the clock
        assert (found.end.utcoffset(), found.start.utcoffset()) == (
            datetime.timedelta(hours=1),
            datetime.timedelta(hours=2),
        )

    def test_one_of_ones_own(self) -> None:
        own = {"period": "own", "from": "2026-01-30", "to": "2026-02-02"}
        assert self.span(**own) == ("2026-01-30", "2026-02-02", "")
        found = period.chosen(own)
        assert [day.day for day in found.days] == [30, 31, 1, 2]
        assert (found.before.first.day, found.before.last.day) == (26, 29)
        assert found.query == "?period=own&from=2026-01-30&to=2026-02-02"

    @pytest.mark.parametrize(("query", "word"), BROKEN)
    def test_a_broken_one_is_the_default(self, query: dict[str, str], word: str) -> None:
        found = period.chosen(query)
        assert (found.first.isoformat(), found.kind) == ("2026-11-21", "7d")
        assert word in str(found.problem)


class TestPeriodOfAPage:
    @pytest.mark.parametrize(("query", "word"), BROKEN)
    def test_a_broken_one_gets_a_word(
        self, console: Client, query: dict[str, str], word: str
    ) -> None:
        page = console.get(URL, query)
        assert page.status_code == 200
        assert word in page.content.decode()

    def test_links_keep_it(self, console: Client) -> None:
        page = console.get(URL, {"period": "30d", "who": "ada"}).content.decode()
        assert f'class="ckc-tab" href="{URL}?period=30d" aria-current="page"' in page
        assert f'href="{URL}?who=ada&amp;period=today"' in page
        assert '<input type="hidden" name="who" value="ada">' in page


@pytest.fixture
def another(rf: RequestFactory, reader: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A page of another app; called with a query it gives the answer."""
    monkeypatch.setattr(Visit, "tabs", lambda visit: [])  # the addresses are made already
    page = registry.page("returns", "Returns", icon="truck", order=500)

    def rows() -> list[list[Any]]:
        return [["=1+1", 3, Cell(-2, "two")], ["@x", 1234567, None]]

    @page
    def returns(visit: Visit) -> Any:
        columns = [
            Column("what", "What", words=True),
            Column("count", "Count", number=True, tone="error"),
            Column("left", "Left", number=True),
        ]
        table = Table("goods", "Goods", columns, rows()[:1], more=rows)
        return visit.render("chatkit_console/overview.html", {"table": table})

    def ask(**query: str) -> Any:
        request = rf.get(f"{URL}returns/", query)
        request.user = reader
        return console_view(page, page.addresses[0])(request)

    yield ask
    del registry._pages["returns"]


class TestPages:
    def test_another_app_adds_one(self, another: Any, console: Client) -> None:
        assert another().status_code == 200
        with pytest.raises(ValueError, match="has a page 'returns' already"):
            registry.page("returns", "Returns", icon="truck", order=1)

    def test_one_may_ask_for_a_permission(self, another: Any) -> None:
        from django.http import Http404

        registry._pages["returns"].permission = "chatkit.view_run"
        with pytest.raises(Http404):
            another()


class TestTables:
    def test_csv_has_all_rows_and_no_formula(self, another: Any) -> None:
        response = another(csv="goods", period="today")
        body = b"".join(response.streaming_content).decode()
        assert body == "\ufeffwhat,count,left\r\n'=1+1,3,-2\r\n'@x,1234567,\r\n"
        today = period.today()
        assert f"returns-goods-{today}-{today}.csv" in response["Content-Disposition"]

    def test_there_is_only_what_the_page_has(self, another: Any) -> None:
        from django.http import Http404

        with pytest.raises(Http404):
            another(csv="../../goods")


class TestFigures:
    def figure(self, now: float, before: float, rising: int) -> tuple[str, str]:
        made = Figure("Failed", "6", "ban", now=now, before=before, rising=rising)
        return made.change, made.change_tone

    def test_the_change_is_against_the_period_before(self) -> None:
        assert self.figure(6, 4, -1) == ("+50 %", "error")
        assert self.figure(4, 8, -1) == ("−50 %", "success")
        assert self.figure(4, 4, 1) == ("±0 %", "")
        assert self.figure(4, 3, 0) == ("+33 %", "")

    def test_nothing_is_compared_with_nothing(self) -> None:
        assert self.figure(6, 0, -1) == ("", "")

    def test_the_trend_is_a_line_of_the_days(self) -> None:
        assert Figure("x", "", "x", days=[0, 10, 5]).line == "2.0,26.0 48.0,2.0 94.0,14.0"
        assert Figure("x", "", "x", days=[0, 0]).line == ""
        assert Figure("x", "", "x", days=[4]).line == ""


def test_under_asgi_a_table_is_sent_piece_by_piece(
    async_rf: AsyncRequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pieces_of(response: Any) -> list[bytes]:
        return [piece async for piece in response]

    monkeypatch.setattr(tables, "AT_ONCE", 2)
    table = Table("t", "T", [Column("n", "N", number=True)], [[1], [2], [3]])
    response = table.csv(async_rf.get("/"), "page", None)
    assert async_to_sync(pieces_of)(response) == ["\ufeffn\r\n".encode(), b"1\r\n2\r\n", b"3\r\n"]


@pytest.mark.slow
def test_a_site_without_the_admin_is_told_so(tmp_path: Path) -> None:
    """By the check, and by it alone: such a site starts, and lacks nothing but the console."""
    site = SmallSite(tmp_path, '\nINSTALLED_APPS += ["chatkit.contrib.console"]\n')
    included = 'include("chatkit.contrib.console.urls")'
    site.write("urls.py", URLS.replace('urls"))]', f'urls")), path("", {included})]'))
    done = site.start("-m", "django", "check")
    assert "(chatkit_console.E001) The console needs Django's admin." in done.stderr
    assert 'HINT: Add "django.contrib.admin" to INSTALLED_APPS.' in done.stderr
    assert "chatkit_console.E002" not in done.stderr
    assert "chatkit.E025" not in done.stderr  # nor has the menu an entry that leads nowhere
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


def test_its_models_are_loaded_without_the_admin(settings: Any) -> None:
    """Packages such as django-unfold put another admin site in place before it is filled."""
    code = (
        "import sys; from django.apps import apps; from django.conf import settings;"
        "from django.contrib.admin.apps import AdminConfig;"
        "told = lambda self: sys.exit(str([m for m in sys.modules if m == 'chatkit.admin']));"
        "AdminConfig.ready = told;"
        "settings.configure(SECRET_KEY='k', INSTALLED_APPS=["
        "*(f'django.contrib.{name}' for name in"
        " ('admin', 'auth', 'contenttypes', 'sessions', 'messages')),"
        "'chatkit', 'chatkit.contrib.articles', 'chatkit.contrib.console']);"
        "apps.populate(settings.INSTALLED_APPS)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=settings.BASE_DIR
    )
    assert done.stderr == "[]\n"
