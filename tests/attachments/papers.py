"""Documents that are long, or take long."""

from __future__ import annotations

from tests.contrib.articles.papers import pdf

LINE = "The rent is 940 euros a month and due on the third working day."
# A page of 18,000 boxes, each of which may be the cell of a table: minutes.
BOXES = "\n".join(f"{x * 5} {y * 5} 4 4 re S" for x in range(120) for y in range(150))


def table(rows: int) -> bytes:
    return "".join(f"{number};{number * 2}\n" for number in range(rows)).encode()


def page(paragraphs: int) -> bytes:
    return f"<html><body>{'<p>Kites fly over the hill.</p>' * paragraphs}</body></html>".encode()


def pages(count: int) -> bytes:
    return pdf(*([(10, 50, 700, f"{LINE} This is page {n}.")] for n in range(count)))


def slow_pages() -> bytes:
    """One that is read at once, then one that is not."""
    return pdf([(10, 50, 700, LINE)], [(10, 50, 700, "Never seen."), BOXES])
