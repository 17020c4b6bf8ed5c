"""A text as a file of the articles' folder: front matter, title, body.

What was a file once stays the file that it was, byte for byte, as long as it says the same. A text
that readers don't see is a file whose name begins with `_`, which the folder passes over; a line
`status:` in it says which state it is in, and `taken-back: yes` that it was published once, so that
it goes on hiding the file of its name.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...knowledge.articles import LAST, parse_article, without_title
from .editing import Content, is_heading
from .models import LONGEST_BODY, ArticleText, Status

HIDDEN = (Status.DRAFT, Status.REVIEW, Status.ARCHIVED)
OURS = ("keywords", "order", "status", "taken-back")


@dataclass(frozen=True)
class File:
    """What a file says."""

    content: Content
    order: int
    status: str = Status.PUBLISHED
    taken_back: bool = False  # a draft that was published before

    @classmethod
    def read(cls, file: str, slug: str, language: str, *, hidden: bool = False) -> File | None:
        """What a file says; None for a hidden one that names no state of ours."""
        article = parse_article(file, slug, language)
        status: str = Status.PUBLISHED
        taken_back = False
        if hidden:
            pairs = dict(_pairs(_split(file)[0]))
            status, taken_back = pairs.get("status", ""), pairs.get("taken-back") == "yes"
            if status not in HIDDEN:
                return None
        keywords = ", ".join(article.keywords)
        content = Content.of(article.title, without_title(article.text), keywords)
        return cls(content, article.order, status, taken_back)

    def write(self, slug: str, language: str, base: str = "") -> str:
        """The file that says this. `base` is the file that it came from: what else that has in
        its front matter is kept, and all of it where it says the same."""
        hidden = self.status != Status.PUBLISHED
        if File.read(base, slug, language, hidden=hidden) == self:
            return base
        head = [
            line for line in _split(base)[0] if line.partition(":")[0].strip().lower() not in OURS
        ]
        if self.content.keywords:
            head.append(f"keywords: {self.content.keywords}")
        if self.order != LAST:
            head.append(f"order: {self.order}")
        if hidden:
            head.append(f"status: {self.status}")
        if self.taken_back:
            head.append("taken-back: yes")
        front = "\n".join(["---", *head, "---", "", ""]) if head else ""
        return f"{front}# {self.content.title}\n\n{self.content.body}".rstrip() + "\n"


def fault(found: File) -> str:
    """Why a file can't be stored, "" where it can."""
    content = found.content
    if not content.title or len(content.title) > 200 or not is_heading(content.title):
        return "its title is empty, or over 200 characters."
    if len(content.keywords) > 1000:
        return "its keywords are over 1,000 characters."
    if len(content.body) > LONGEST_BODY:
        return f"its text is over {LONGEST_BODY:,} characters."
    return ""


def hides_file(text: ArticleText) -> bool:
    """Whether the folder's file of this name is not shown because of it: see `source.HIDES`."""
    return text.published_at is not None or text.status == Status.ARCHIVED


def published(text: ArticleText) -> str | None:
    """The file of what readers see; None where they see nothing."""
    live = text.live
    if live is None:
        return None
    file = File(Content.saved(live), text.order)
    return file.write(text.article.slug, text.language, live.file)


def unpublished(text: ArticleText) -> str | None:
    """The hidden file of the newest version; None where that is what readers see."""
    if text.status == Status.PUBLISHED:
        return None
    newest = text.versions.order_by("-number").first()
    # What is archived says so by its state, and what is live by its own file.
    taken_back = hides_file(text) and text.live is None and text.status != Status.ARCHIVED
    file = File(Content.saved(text), text.order, text.status, taken_back)
    return file.write(text.article.slug, text.language, newest.file if newest else "")


def _split(file: str) -> tuple[list[str], str]:
    """The lines of the front matter, and the rest: as `parse_article` finds them."""
    markdown = file.removeprefix("\ufeff").replace("\r\n", "\n")
    head, separator, rest = markdown.partition("\n---")
    begins = head == "---" or head.startswith("---\n")
    if not begins or not separator or (rest and not rest.startswith("\n")):
        return [], markdown
    return head.split("\n")[1:], rest


def _pairs(head: list[str]) -> list[tuple[str, str]]:
    pairs = (line.partition(":") for line in head)
    return [(key.strip().lower(), value.strip()) for key, colon, value in pairs if colon]
