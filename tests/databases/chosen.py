"""Which tests run on each database, and why. The rest runs on SQLite, and `make matrix` runs all of
them on each.

A test is here where the database has a say in how it ends, and by what it is about: who may do
what, what a page shows and what goes over the wire is the same on all. A request that only writes
and reads rows by their keys, as most do, is no reason: those of the answers below do so, too.
"""

# Committed rows, read and written by several threads, connections or processes at once: locks,
# races that a constraint decides, transactions that are given up, connections that are given back.
AT_ONCE = [
    "tests/databases/test_deadlocks.py",
    "tests/testing/test_inside_transaction.py",
    *(
        f"tests/selfhosted/runs/test_{name}.py"
        for name in ("outages", "readers", "repeats", "resume", "runs", "workers")
    ),
    "tests/selfhosted/attachments/test_races.py",
    "tests/selfhosted/test_edges.py::TestFailures",
    "tests/selfhosted/assistant/test_tools.py::TestCall::test_answer_goes_to_the_model_and_on_record",
    "tests/selfhosted/assistant/test_tools.py::TestConfirmation::test_confirm",
    "tests/selfhosted/assistant/test_tools.py::TestConfirmation::test_cancel",
    "tests/selfhosted/assistant/test_tools.py::TestConfirmation::test_in_many_tabs_at_once",
    "tests/selfhosted/assistant/test_outcomes.py::TestStop",
    "tests/selfhosted/assistant/test_outcomes.py::TestLeft",
    "tests/selfhosted/test_titles.py::test_nor_is_it_by_an_answer_that_was_under_way",
    "tests/contrib/articles/test_at_once.py",
    "tests/contrib/articles/test_documents.py::TestProgress::test_the_list_shows_it_and_asks_again",
    "tests/contrib/articles/test_documents.py::test_by_itself_it_is_read_on_a_thread",
    "tests/contrib/articles/test_editing.py::TestTwoAtOnce",
    "tests/contrib/articles/test_source.py",
    "tests/contrib/console/test_at_once.py",
    "tests/contrib/console/test_setup.py::TestPrompts::test_those_of_others_stay_where_they_are",
    "tests/sessions/test_service.py::TestRefresh",
    "tests/sessions/test_service.py::TestEnd",
    "tests/visitors/test_cookie.py::TestRotation",
    "tests/visitors/test_merging.py",
]
# Values that one database keeps in another way: JSON, moments, bytes, long texts, any characters,
# ids that differ by the case of a letter, and numbers that rows get in the order they came.
KEPT = [
    "tests/databases/test_exact_ids.py",
    "tests/statements",
    "tests/selfhosted/test_store.py::TestDjangoStore",
    "tests/selfhosted/test_store.py::TestRows",
    "tests/selfhosted/test_edges.py::TestEvents",
    "tests/selfhosted/test_protocol.py::TestLimits",
    "tests/selfhosted/test_protocol.py::TestThreads",
    "tests/selfhosted/runs/test_outcomes.py::TestHostileReports",
    "tests/selfhosted/test_views.py::TestAnswers::test_times_on_the_wire_say_their_offset",
    "tests/selfhosted/attachments/test_reading.py::TestKept",
    "tests/contrib/articles/test_documents.py::TestKinds::test_pdf",
    "tests/contrib/articles/test_editing.py",
    "tests/contrib/articles/test_exchange.py::TestRecorded",
    "tests/contrib/console/test_hostile.py",
    "tests/contrib/articles/test_exchange.py::TestImport",
    "tests/contrib/articles/test_exchange.py::TestRoundTrip::test_whatever_a_folder_can_hold",
    "tests/contrib/articles/test_exchange.py::TestRoundTrip::test_a_second_import_changes_nothing",
]
# Found by words, in an order, page by page; any letters in any case.
FOUND = [
    "tests/threads",
    "tests/contrib/console/test_conversations.py::TestList",
    "tests/contrib/console/test_conversations.py::TestWords",
    "tests/contrib/console/test_said.py",
    "tests/safety/test_console_texts.py::test_lists_and_their_csv",
    "tests/selfhosted/test_temporary.py::test_staff_see_that_it_was_and_not_what_was_said",
    "tests/visitors/test_isolation.py::TestOthers::test_lists_have_their_own_alone",
    "tests/visitors/test_staff.py::TestAdmin",
]
# Sums, counts and periods that the database makes; rows made or changed as one is there already.
COUNTED = [
    "tests/models",
    # Of long periods, which take long, what differs: sums, and whom nobody is any more.
    *(
        f"tests/contrib/console/test_daily.py::{name}"
        for name in (
            "TestKeptDays",
            "TestLateChanges",
            "TestDeleting",
            "TestBuckets",
            "TestLongPeriods::test_they_tell_what_the_runs_tell",
            "TestLongPeriods::test_what_is_deleted_stays_of_nobody",
        )
    ),
    "tests/contrib/console/test_unanswered.py::TestGathering",
    "tests/contrib/console/test_unanswered.py::TestPrivacy::test_no_words_are_kept_and_all_goes_with_the_person",
    "tests/contrib/console/test_unanswered.py::TestMarks::test_naming_it_twice_links_it_once",
    "tests/contrib/console/test_unanswered.py::TestMarks::test_marks_stay_when_more_ask_the_same",
    "tests/contrib/console/test_unanswered.py::TestMarks::test_what_cannot_be_done_changes_nothing",
    "tests/contrib/console/test_unanswered.py::test_the_overview_has_those_asked_most",
    "tests/selfhosted/test_follow_ups.py::test_by_the_model_and_counted",
    "tests/selfhosted/test_follow_ups.py::test_those_of_a_later_day_are_among_the_figures",
    "tests/selfhosted/test_protocol.py::TestFeedback",
    "tests/visitors/test_staff.py::TestBudget",
    "tests/visitors/test_staff.py::TestConsole::test_people_and_their_conversations",
    "tests/visitors/test_staff.py::TestConsole::test_an_open_question_of_a_visitor",
    "tests/visitors/test_staff.py::TestConsole::test_what_days_have_kept_of_them_is_the_users_after_a_login",
]
# Many rows, and all that goes with one: plans, and the order of deletes.
MANY = [
    "tests/databases/test_large.py",
    "tests/selfhosted/test_protocol.py::TestRetry",
    "tests/selfhosted/test_temporary.py::test_it_goes_when_its_session_is_ended",
    "tests/selfhosted/test_temporary.py::test_a_session_record_that_is_deleted_takes_it_along",
    "tests/visitors/test_isolation.py::TestRows",
    "tests/visitors/test_pages.py::TestDelete",
    "tests/visitors/test_pages.py::TestPrune",
]
ON_DATABASES = [*AT_ONCE, *KEPT, *FOUND, *COUNTED, *MANY]
# Some here; `make chaos` sends twenty thousand.
ANY_REQUEST = ["tests/safety/test_any_request.py"]
# What is counted in the cache, and forgotten there.
ON_REDIS = [
    "tests/test_limits.py",
    "tests/sessions/test_views.py",
    "tests/selfhosted/test_views.py",
]
