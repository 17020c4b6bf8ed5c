"""Documents as Markdown, without the process that reads the risky ones; the articles' suite has
the rest."""

from __future__ import annotations

import pytest

from chatkit.documents import kinds, markup, plain
from chatkit.documents.drafts import Draft, Refused
from tests.tools.promptly import printed


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.4", "a.txt", kinds.PDF),
        (b"<!doctype html><p>x", "a.txt", kinds.HTML),
        (b" <!-- <b> --\n> --> <!----><?xml ?>\n<html>", "a.txt", kinds.HTML),
        (b"a;b", "a.CSV", kinds.CSV),
        (b"words", "a.pdf", kinds.TEXT),
    ],
)
def test_a_kind_is_told_by_what_it_holds(data: bytes, name: str, kind: str) -> None:
    assert kinds.kind_of(data, name) == kind


@pytest.mark.slow
def test_many_comments_take_no_time() -> None:
    program = """
from chatkit.documents import kinds
for many in (b"<!---->" * 40 + b"x", b"<!----> " * 2400 + b"x", b"<!--" * 5000):
    print(kinds.kind_of(many, "a.txt"))
"""
    assert printed(program).split() == [kinds.TEXT] * 3


@pytest.mark.parametrize(("data", "code"), [(b" ", "empty"), (b"\0\1", "unsupported")])
def test_what_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as raised:
        kinds.kind_of(data, "a.txt")
    assert raised.value.code == code


def test_texts() -> None:
    assert plain.read_text("Lease\n=====\n\nNo *dogs*.") == Draft("Lease", "No \\*dogs\\*.")
    # Two prices in a line are no formula, in a table neither.
    assert plain.read_text("Lease\n=====\n\nFrom $5 to $9.").body == "From \\$5 to \\$9."
    assert plain.read_csv("a;b\n$1;$2").body.endswith("| \\$1 | \\$2 |")
    assert plain.read_csv("a;b\n1;2").body == "| a | b |\n| --- | --- |\n| 1 | 2 |"
    html = "<h1>Lease</h1><p>No <b>dogs</b>.</p><script>x</script>"
    assert markup.read(html) == Draft("Lease", "No **dogs**.")


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("# A", "A"),
        ("###\t A  B ##", "A B"),
        ("# A # #", "A #"),
        ("# A#", "A#"),
        ("# ##", "##"),
        ("#", ""),
        ("#A", ""),
        ("####### a", ""),
    ],
)
def test_headings_of_a_text(line: str, title: str) -> None:
    assert plain.read_text(line).title == title


@pytest.mark.slow
def test_a_long_heading_takes_no_time() -> None:
    program = """
from chatkit.documents import plain
print(plain.read_text("# a" + " " * 100_000 + "b").title)
print(len(plain.read_text("# a" + " #" * 100_000 + "b").title))
"""
    assert printed(program).split("\n") == ["a b", "200002"]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("a,b\n1,2", "| 1 | 2 |"),
        ("a|b\n1|2", "| 1 | 2 |"),
        ("a\tb\n1,5\t2,5", "| 1,5 | 2,5 |"),
        ("a;b\n1,5;2,5\n3,5;4,5", "| 1,5 | 2,5 |"),  # commas in numbers
        ('a,b\n"x; y","z; ""w"""\n"v; w",2', '| x; y | z; "w" |'),  # other signs in quotes
        ('a, b\n1, "2, 3"', "| 1 | 2, 3 |"),
        ('a;b\n5" pipe;2', '| 5" pipe | 2 |'),
        ('a;b\n"1\n2";3', "| 1 2 | 3 |"),
        ("Prices, all\n\na;b\n1;2\n3;4", "| 1 | 2 |"),
        ("name\nx\ny; z\nw", "| y; z |"),  # one column
    ],
)
def test_the_separator_of_a_table(text: str, row: str) -> None:
    assert row in plain.read_csv(text).body.split("\n")


@pytest.mark.slow
def test_a_line_of_quotes_takes_no_time() -> None:
    program = """
from chatkit.documents import plain
body = plain.read_csv('a,"b",c\\n' + '"' * 2000 + 'x\\n').body
print(body.split("\\n")[0])
"""
    assert printed(program) == "| a | b | c |"
