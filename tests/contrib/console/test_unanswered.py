"""What people asked in vain: grouped, told to whom it may be, and marked for good."""

from __future__ import annotations

import html
import json
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.test import Client

from chatkit import personal_data
from chatkit.contrib.articles.models import Article, ArticleText, Phrasing
from chatkit.contrib.console import period, unanswered
from chatkit.contrib.console.models import Question, QuestionGroup
from chatkit.contrib.console.unanswered.likeness import Known, essence, key_of, terms
from chatkit.knowledge import knowledge_of
from chatkit.models import Feedback, Run
from chatkit.signals import feedback_given
from tests.people import permit

from .test_overview import rows
from .traffic import DAY, asked

pytestmark = pytest.mark.django_db
URL = "/apps/chatkit/console/unanswered/"
CANARY = "canary"


def in_vain(user: Any, question: str, **values: Any) -> Run:
    return asked(user, question, "I don't know.", outcome="not_found", **values)


@pytest.fixture
def editor(console: Client, reader: Any) -> Client:
    """The browser of somebody who may read, mark, and write articles."""
    permit(reader, "chatkit_console.change_questiongroup")
    permit(reader, "chatkit_articles.add_article", "chatkit_articles.add_phrasing")
    return console


def found(client: Client, **query: str) -> list[list[str]]:
    response = client.get(URL, query)
    assert response.status_code == 200
    return rows(response.content.decode())


def only_group() -> QuestionGroup:
    (group,) = QuestionGroup.objects.all()
    return group


class TestLikeness:
    SAME = (
        (
            "Can I pay with Bitcoin?",
            "How can I pay by bitcoins",
            "can i PAY with bitcoin, please?!",
        ),
        ("How do I delete a customer?", "deleting customers", "Delete the customer"),
        ("Where is the scale's manual for Windows users?", "manual of the scale for windows user"),
    )

    @pytest.mark.parametrize("questions", SAME)
    def test_other_words_around_it_make_no_difference(self, questions: tuple[str, ...]) -> None:
        assert len({key_of(terms(text, "en")) for text in questions}) == 1

    def test_nearly_all_the_same_words_are_like(self) -> None:
        first = terms("connect bluetooth scale warehouse", "en")
        known = Known([(key_of(first), first)])
        assert known.like(terms("connect my bluetooth scale warehouse Madrid", "en"))
        assert known.like(terms("connect bluetooth printer warehouse", "en")) is None
        assert known.like(terms("bluetooth", "en")) is None
        assert known.like(frozenset()) is None

    def test_after_a_preamble_the_question_counts(self) -> None:
        preamble = "I have been a seller for years and always liked your product. " * 20
        question = "Can I pay with Bitcoin?"
        assert essence(preamble + question).endswith(question)
        assert terms(preamble + "Now. " + question, "en") >= terms(question, "en")

    @pytest.mark.parametrize(
        "text", ["x" * 100_000, "a " * 50_000, "¿" * 100_000, "word. " * 20_000, "\u202e" * 100_000]
    )
    def test_a_question_of_100_kb_takes_no_time(self, user: Any, text: str) -> None:
        in_vain(user, "How do I invite a colleague?")
        unanswered.gather()  # the model is loaded, where there is one
        in_vain(user, text)
        began = time.process_time()
        assert unanswered.gather() == 1
        assert time.process_time() - began < 1
        assert all(len(str(group.terms)) < 1000 for group in QuestionGroup.objects.all())


class TestGathering:
    def test_near_identical_ones_are_one_line(
        self, console: Client, reader: Any, user: Any, other: Any
    ) -> None:
        for person in (user, user, other):
            in_vain(person, "Can I pay with Bitcoin?")
        in_vain(other, "How can I pay by bitcoins")
        in_vain(user, "Is there an app for my watch?")
        asked(user, "How do I create an order?")
        assert [row[:3] for row in found(console)] == [
            ["How can I pay by bitcoins", "4", "2"],
            ["Is there an app for my watch?", "1", "1"],
        ]

    @pytest.mark.parametrize(
        "question",
        [
            "先週の金曜日に購入した青いジャケットのサイズが小さすぎたので" * 2 + "交換できますか",
            "https://example.com/" + "a1" * 200,
            "x" * 500,
            "😡😡",
            "???",
            "the",
        ],
    )
    def test_whatever_is_asked_is_a_line(self, editor: Client, user: Any, question: str) -> None:
        in_vain(user, question)
        in_vain(user, question)
        in_vain(user, "Is there an app for my watch?")
        lines = found(editor)
        assert [line[1] for line in lines] == ["2", "1"]
        assert lines[0][0][-50:] == question[-50:]
        first = QuestionGroup.objects.annotate(asked=Count("questions")).get(asked=2)
        page = html.unescape(editor.get(f"{URL}{first.pk}/").content.decode())
        assert question[:100] in page

    def test_thumbs_down_counts_as_unanswered(self, reader: Any, user: Any) -> None:
        run = asked(user, "Why so slow?", down=True)
        unanswered.gather()
        assert [one.run for one in Question.objects.all()] == [run]

    def test_a_vote_is_noted_and_so_is_another_mind(self, user: Any) -> None:
        in_vain(user, "First")
        unanswered.gather()
        run = asked(user, "Why so slow?")
        item_id = f"assi_{run.pk[-12:]}"
        for kind, count in (("negative", 2), ("negative", 2), ("positive", 1)):
            vote = Feedback(thread=run.thread, item_id=item_id, user=user, kind=kind)
            feedback_given.send(sender=Feedback, feedback=vote, user=user)
            unanswered.gather()
            assert Question.objects.count() == count

    def test_each_is_gathered_once(self, user: Any) -> None:
        in_vain(user, "One", at=None)
        assert unanswered.gather() == 1
        assert unanswered.gather() == 0
        late = in_vain(user, "Two").created_at - DAY / 2  # its answer took half a day
        Run.objects.filter(searched__0__query="Two").update(created_at=late)
        assert unanswered.gather(10) == 1

    def test_some_at_a_time(self, user: Any) -> None:
        for number in range(5):
            in_vain(user, f"Question about topic{number}")
        assert unanswered.gather(2) == 2
        call_command("chatkit_rollup", verbosity=0)
        assert Question.objects.filter(pending=False).count() == 5

    def test_what_says_nothing_at_all_is_no_group(self, user: Any) -> None:
        in_vain(user, " ", searched=[])
        in_vain(user, "", searched="not a list")
        assert unanswered.gather() == 2
        assert unanswered.gather() == 0
        assert not QuestionGroup.objects.exists()

    def test_a_period_has_its_own(self, console: Client, reader: Any, user: Any) -> None:
        run = in_vain(user, "Can I pay with Bitcoin?")
        in_vain(user, "Can I pay with Bitcoin?", at=run.created_at - 10 * DAY)
        unanswered.gather()
        assert [row[1] for row in found(console)] == ["1"]
        assert [row[1] for row in found(console, period="30d")] == ["2"]

    def test_queries_do_not_grow(
        self, console: Client, reader: Any, user: Any, django_assert_max_num_queries: Any
    ) -> None:
        def count() -> int:
            with django_assert_max_num_queries(30) as queries:
                console.get(URL)
            return len(queries)

        in_vain(user, "Can I pay with Bitcoin?")
        first = count()
        for number in range(20):
            in_vain(user, f"Question about topic{number}")
        assert count() <= first
        assert count() < first


class TestPrivacy:
    def test_others_see_how_often_and_no_words(self, console: Client, user: Any) -> None:
        in_vain(user, f"Where is the {CANARY}?")
        (row,) = found(console)
        group = only_group()
        assert row[:3] == [f"Question {group.pk}", "1", "1"]
        for url in (URL, f"{URL}?csv=unanswered", f"{URL}{group.pk}/", f"{URL}{group.pk}/?again=1"):
            response = console.get(url)
            body = b"".join(response) if response.streaming else response.content
            assert CANARY.encode() not in body
        assert CANARY not in console.get("/apps/chatkit/console/").content.decode()

    def test_no_words_are_kept_and_all_goes_with_the_person(self, user: Any, other: Any) -> None:
        in_vain(user, f"Where is the {CANARY}?")
        call_command("chatkit_rollup", verbosity=0)
        assert CANARY not in str(list(QuestionGroup.objects.values())).casefold()
        personal_data.erase(user)
        assert not Question.objects.exists()
        call_command("chatkit_rollup", verbosity=0)
        assert not QuestionGroup.objects.exists()

    def test_marking_takes_the_permission(self, console: Client, reader: Any, user: Any) -> None:
        in_vain(user, "Can I pay with Bitcoin?")
        unanswered.gather()
        url = f"{URL}{only_group().pk}/"
        assert "What to do" not in console.get(url).content.decode()
        for act in ("write", "answered", "dismiss", "reopen"):
            assert console.post(f"{url}mark/", {"act": act, "title": "x"}).status_code == 404
        assert only_group().status == "open"


class TestMarks:
    @pytest.fixture
    def group(self, user: Any, other: Any) -> QuestionGroup:
        in_vain(user, "Can I pay with Bitcoin?")
        in_vain(other, "how can i pay with bitcoin")
        unanswered.gather()
        return only_group()

    def mark(self, client: Client, group: QuestionGroup, **given: str) -> Any:
        response = client.post(f"{URL}{group.pk}/mark/", given)
        group.refresh_from_db()
        return response

    def test_an_article_is_begun_with_the_questions_in_it(
        self, editor: Client, reader: Any, group: QuestionGroup
    ) -> None:
        page = editor.get(f"{URL}{group.pk}/").content.decode()
        assert 'value="Can I pay with Bitcoin?"' in page or "how can i pay with bitcoin" in page
        permit(reader, "chatkit_articles.change_article")
        response = self.mark(editor, group, act="write", title="Paying with Bitcoin")
        text = ArticleText.objects.get()
        assert response["Location"] == f"/admin/chatkit_articles/articletext/{text.pk}/change/"
        assert (text.title, text.status) == ("Paying with Bitcoin", "draft")
        assert "- Can I pay with Bitcoin?\n- how can i pay with bitcoin" in text.body or (
            "- how can i pay with bitcoin\n- Can I pay with Bitcoin?" in text.body
        )
        assert (group.status, group.article, group.marked_by) == (
            "drafted",
            Article.objects.get().slug,
            reader,
        )

    def test_an_article_that_answers_is_found_by_the_questions_words(
        self, editor: Client, user: Any
    ) -> None:
        # Of no language, so that no article is near it in meaning.
        in_vain(user, "Zorblax krumpeting frobnicates quuxly?")
        in_vain(user, "zorblax krumpeting frobnicates the quuxly")
        unanswered.gather()
        group = only_group()
        page = editor.get(f"{URL}{group.pk}/", {"again": 1}).content.decode()
        assert "The search answers 0 of 2 wordings now." in page
        response = self.mark(editor, group, act="answered", article="payments")
        assert group.status == "answered"
        assert {one.slug for one in Phrasing.objects.all()} == {"payments"}
        page = editor.get(response["Location"].partition("#")[0]).content.decode()
        assert "The search answers 2 of 2 wordings now." in page

    def test_a_question_that_is_asked_back_is_neither_answered_nor_lost(
        self, editor: Client, user: Any
    ) -> None:
        in_vain(user, "How do I delete a customer?")
        unanswered.gather()
        page = editor.get(f"{URL}{only_group().pk}/", {"again": 1}).content.decode()
        assert "The search answers 0 of 1 wording now." in page
        assert "Questions where it asks back which article is meant: 1." in page
        again = page.partition('id="again"')[2]
        assert ">Asks back<" in again
        assert "Manage your customers" in again
        assert "Not found" not in again

    def test_an_article_in_another_language_may_answer(
        self, editor: Client, group: QuestionGroup, tmp_path: Path, settings: Any
    ) -> None:
        for language, slug in (("en", "kites"), ("de", "trommeln")):
            (tmp_path / language).mkdir()
            (tmp_path / language / f"{slug}.md").write_text(f"# {slug.title()}\n\nText.\n")
        settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": str(tmp_path)}
        page = editor.get(f"{URL}{group.pk}/").content.decode()
        assert '<option value="trommeln">Trommeln</option>' in page
        assert self.mark(editor, group, act="answered", article="trommeln").status_code == 302
        assert ">Trommeln</a>" in editor.get(URL, {"status": "answered"}).content.decode()

    def test_questions_without_words_are_linked_each(self, editor: Client, user: Any) -> None:
        for text in ("😡😡", "👎"):
            in_vain(user, text)
        unanswered.gather()
        for one in QuestionGroup.objects.all():
            self.mark(editor, one, act="answered", article="payments")
        assert set(Phrasing.objects.values_list("text", flat=True)) == {"😡😡", "👎"}

    def test_naming_it_twice_links_it_once(self, editor: Client, group: QuestionGroup) -> None:
        for _time in range(2):
            self.mark(editor, group, act="answered", article="payments")
        assert Phrasing.objects.count() == 2

    def test_marks_stay_when_more_ask_the_same(
        self, editor: Client, group: QuestionGroup, user: Any
    ) -> None:
        self.mark(editor, group, act="dismiss")
        in_vain(user, "Pay by Bitcoin, please")
        assert found(editor) == []
        (row,) = found(editor, status="dismissed")
        assert (row[1], row[-1]) == ("3", "1")
        assert only_group().status == "dismissed"
        self.mark(editor, group, act="reopen")
        assert len(found(editor)) == 1

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"act": "delete"},
            {"act": "answered"},
            {"act": "answered", "article": "../../settings"},
            {"act": "answered", "article": "no-such-article"},
        ],
    )
    def test_what_cannot_be_done_changes_nothing(
        self, editor: Client, group: QuestionGroup, given: dict[str, str]
    ) -> None:
        assert self.mark(editor, group, **given).status_code == 404
        assert group.status == "open"

    def test_the_nearest_articles_are_told(self, editor: Client, user: Any) -> None:
        in_vain(user, "Which invoice discount has the astronaut?")
        unanswered.gather()
        page = editor.get(f"{URL}{only_group().pk}/").content.decode()
        assert "Nearest articles, which were not good enough" in page

    @pytest.mark.parametrize("permission", ["", "view_article", "change_article"])
    def test_its_article_is_linked_where_the_reader_may_see_it(
        self, editor: Client, reader: Any, group: QuestionGroup, permission: str
    ) -> None:
        self.mark(editor, group, act="write", title="Bitcoin")
        if permission:
            permit(reader, f"chatkit_articles.{permission}")
        page = editor.get(f"{URL}{group.pk}/").content.decode()
        edited = f"/admin/chatkit_articles/article/{Article.objects.get().pk}/change/"
        assert (f'href="{edited}"' in page) is bool(permission)
        assert "bitcoin" in page

    def test_one_that_is_not_there_is_a_404(self, editor: Client) -> None:
        assert editor.get(f"{URL}77/").status_code == 404
        assert editor.post(f"{URL}77/mark/", {"act": "dismiss"}).status_code == 404


def test_the_overview_has_those_asked_most(console: Client, reader: Any, user: Any) -> None:
    in_vain(user, "Can I pay with Bitcoin?")
    unanswered.gather()
    page = console.get("/apps/chatkit/console/", {"period": "today"}).content.decode()
    assert ["Can I pay with Bitcoin?", "1", "1"] in rows(page)
    assert f'href="{URL}{only_group().pk}/?period=today"' in page
    assert unanswered.lines(period.of_kind("today"), "open", with_words=False)[0].words == ""


class TestWorkflowsWithTheirOwnArticles:
    QUESTION = "How much is the holiday bonus of a plumber?"
    PAGE = "/apps/chatkit/help/holidays/?workflow=handbook"

    @pytest.fixture(autouse=True)
    def handbook(self, tmp_path: Path, settings: Any, user: Any, other: Any) -> QuestionGroup:
        """What was asked in vain where only articles about holidays are known."""
        folder = tmp_path / "en"
        folder.mkdir()
        (folder / "holidays.md").write_text(
            "# Holidays\n\n## The bonus\n\nA holiday bonus is paid.\n"
        )
        entry = {
            "server": "chatkit.selfhosted.helpdesk.HelpDeskServer",
            "knowledge": str(tmp_path),
        }
        table = {**settings.CHATKIT["WORKFLOWS"], "handbook": entry}
        settings.CHATKIT = {**settings.CHATKIT, "WORKFLOWS": table}
        for one in (user, other):
            in_vain(one, self.QUESTION, workflow_id="handbook")
        unanswered.gather()
        return only_group()

    @pytest.mark.parametrize("query", ["", "?again=1"])
    def test_they_are_searched_and_linked(
        self, editor: Client, handbook: QuestionGroup, query: str
    ) -> None:
        page = editor.get(f"{URL}{handbook.pk}/{query}").content.decode()
        assert f'<a href="{self.PAGE}" dir="auto">Holidays</a>' in page

    def test_one_of_them_may_answer(self, editor: Client, handbook: QuestionGroup) -> None:
        page = editor.get(f"{URL}{handbook.pk}/").content.decode()
        assert '<option value="holidays">Holidays</option>' in page
        given = {"act": "answered", "article": "holidays"}
        assert editor.post(f"{URL}{handbook.pk}/mark/", given).status_code == 302
        assert f'href="{self.PAGE}"' in editor.get(f"{URL}{handbook.pk}/").content.decode()
        listed = editor.get(URL, {"status": "answered"}).content.decode()
        assert f'href="{self.PAGE}"' in listed

    def test_a_file_of_a_name_too_long_for_a_phrasing_is_not_offered(
        self, editor: Client, handbook: QuestionGroup, tmp_path: Path
    ) -> None:
        name = "h" * 101
        (tmp_path / "en" / f"{name}.md").write_text("# Holidays abroad\n\nTake a passport.\n")
        assert f'value="{name}"' not in editor.get(f"{URL}{handbook.pk}/").content.decode()
        given = {"act": "answered", "article": name}
        assert editor.post(f"{URL}{handbook.pk}/mark/", given).status_code == 404
        assert not Phrasing.objects.exists()

    def test_it_answers_in_its_workflow_alone(
        self, editor: Client, handbook: QuestionGroup, tmp_path: Path, settings: Any
    ) -> None:
        """The site has an article of the same name, on something else."""
        site = tmp_path / "site" / "en"
        site.mkdir(parents=True)
        (site / "holidays.md").write_text("# Holidays\n\nThe shop is closed at Easter.\n")
        settings.CHATKIT = {**settings.CHATKIT, "KNOWLEDGE_DIR": str(site.parent)}
        given = {"act": "answered", "article": "holidays"}
        assert editor.post(f"{URL}{handbook.pk}/mark/", given).status_code == 302

        def phrasings(workflow_id: str) -> tuple[str, ...]:
            article = knowledge_of(workflow_id).article("holidays", "en")
            assert article is not None
            return article.phrasings

        assert phrasings("handbook") == (self.QUESTION,)
        assert phrasings("") == ()
        target = tmp_path / "exported"
        call_command("chatkit_articles", "export", str(target), stdout=StringIO())
        exported = json.loads((target / "phrasings.json").read_text())
        assert [entry["workflow"] for entry in exported] == ["handbook"]
        Phrasing.objects.all().delete()
        call_command("chatkit_articles", "import", str(target), stdout=StringIO())
        assert (phrasings("handbook"), phrasings("")) == ((self.QUESTION,), ())
        # As a file beside the articles, too.
        Phrasing.objects.all().delete()
        for folder in (tmp_path, site.parent):
            (folder / "phrasings.json").write_text(json.dumps(exported))
        assert (phrasings("handbook"), phrasings("")) == ((self.QUESTION,), ())

    def test_who_asks_the_site_is_answered_by_its_articles(
        self, editor: Client, handbook: QuestionGroup, user: Any
    ) -> None:
        in_vain(user, self.QUESTION)
        unanswered.gather()
        page = editor.get(f"{URL}{handbook.pk}/?again=1").content.decode()
        assert page.count('<span class="ckc-chip') == 2
