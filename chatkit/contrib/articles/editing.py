"""Changes of articles: each is a version of its text, with who made it.

Two people may edit one text at once: who saves says which version was edited, and a newer one is a
`Conflict`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ...knowledge.articles import parse_article, slugify
from ...knowledge.language import DEFAULT, primary
from ...knowledge.library import folder_slugs
from .freshness import touch
from .models import LONGEST_SLUG, Article, ArticleText, Status, Step, Version

MOST_QUESTIONS = 50  # of a draft
LONGEST_QUESTION = 300  # characters
# The state that a step leads to. What is saved stays where it was, unless that was published.
LEADS_TO = {
    Step.REVIEW: Status.REVIEW,
    Step.PUBLISHED: Status.PUBLISHED,
    Step.ARCHIVED: Status.ARCHIVED,
    Step.DRAFT: Status.DRAFT,
}
PUBLISH = "chatkit_articles.publish_article"


class Conflict(Exception):
    """The text has been changed by somebody else. `text` is what it is now."""

    def __init__(self, text: ArticleText) -> None:
        super().__init__(f"There is a version {text.number} of this text.")
        self.text = text


@dataclass(frozen=True)
class Content:
    """What a version holds, in the form in which texts are compared: no carriage returns, no
    blank lines around it."""

    title: str
    body: str
    keywords: str = ""

    @classmethod
    def of(cls, title: str, body: str, keywords: str = "") -> Content:
        body = body.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").rstrip()
        lines = body.split("\n")
        while lines and not lines[0].strip():
            del lines[0]
        listed = ", ".join(filter(None, (" ".join(word.split()) for word in keywords.split(","))))
        return cls(" ".join(title.split()), "\n".join(lines), listed)

    @classmethod
    def saved(cls, row: ArticleText | Version) -> Content:
        return cls(row.title, row.body, row.keywords)


def is_heading(title: str) -> bool:
    """Whether a title can be an article's heading: "#" alone, for one, is none."""
    return parse_article(f"# {title}\n\nText", "x", "en").title == title


def needs_publisher(text: ArticleText, step: str) -> bool:
    """Whether a step changes what readers see, so that it takes the permission to publish: of the
    text, or of a folder's file of its name, which an archived text hides."""
    if step == Step.PUBLISHED or (text.live_id is not None and goes_offline(text, step)):
        return True
    return text.published_at is None and _turns_file(text, _target(text, step))


def _turns_file(text: ArticleText, target: str) -> bool:
    """Whether a step to this state makes it hide a file of its name, or show that again."""
    return (text.status == Status.ARCHIVED) != (target == Status.ARCHIVED)


def goes_offline(text: ArticleText, step: str) -> bool:
    return step == Step.ARCHIVED or (step == Step.DRAFT and text.status == Status.PUBLISHED)


@transaction.atomic
def take_step(
    text: ArticleText,
    step: str,
    user: Any,
    *,
    content: Content | None = None,
    expected: int | None = None,
    note: str = "",
    file: str | None = None,
    status: str | None = None,
    taken_back: bool = False,
) -> Version | None:
    """Take a step with a text, with its content as it is or new; returns the version made.

    None where nothing was to change. `expected` is the version that was edited. `file` is the file
    that the content came from; `status` is the state that an import has found, `taken_back` that
    readers are to see none of it any more.
    """
    now = timezone.now()
    same = ArticleText.objects.filter(pk=text.pk)
    # Written first, so that two people come one after the other on every database.
    if not same.update(number=F("number")):
        raise Conflict(text)  # deleted just now
    current = ArticleText.objects.select_related("live", "article").get(pk=text.pk)
    if expected is not None and current.number != expected:
        raise Conflict(current)
    before = Content.saved(current)
    content = content or before
    target = status or _target(current, step)
    latest = current.versions.order_by("-number").first()
    last_file = latest.file if latest else ""
    if file is None:
        file = last_file
    unchanged = latest is not None and (content, file) == (before, last_file)
    still_seen = taken_back and current.live_id is not None
    if (
        unchanged
        and not still_seen
        and (step == Step.SAVED or (target == current.status and not _differs(current)))
    ):
        return None
    version = Version.objects.create(
        text=current,
        number=current.number + 1,
        title=content.title,
        body=content.body,
        keywords=content.keywords,
        file=file,
        status=target,
        step=step,
        note=note,
        user=user,
        created_at=now,
    )
    changes = {
        "title": content.title,
        "body": content.body,
        "keywords": content.keywords,
        "status": target,
        "number": version.number,
        "updated_at": now,
        "updated_by": user,
    }
    if target == Status.PUBLISHED:
        changes |= {"live": version, "published_at": current.published_at or now}
    elif goes_offline(current, step) or target == Status.ARCHIVED or taken_back:
        changes["live"] = None
    same.update(**changes)
    if _turns_file(current, target) or changes.get("live", current.live_id) != current.live_id:
        touch()
    text.refresh_from_db()
    return version


def _target(text: ArticleText, step: str) -> str:
    if step in LEADS_TO:
        return LEADS_TO[Step(step)]
    return Status.DRAFT if text.status == Status.PUBLISHED else text.status


def _differs(text: ArticleText) -> bool:
    """Whether readers see another version than a published text's newest."""
    return text.status == Status.PUBLISHED and (
        text.live is None or text.live.number != text.number
    )


def bring_back(
    version: Version, text: ArticleText, user: Any, *, expected: int | None = None
) -> Version | None:
    """Make an old version's content the newest one's. What readers see stays."""
    note = _("Version %(number)d") % {"number": version.number}
    return take_step(
        text,
        Step.RESTORED,
        user,
        content=Content.saved(version),
        expected=expected,
        note=note,
        file=version.file,
    )


@transaction.atomic
def create_article(
    title: str, *, slug: str = "", order: int | None = None, user: Any = None
) -> Article:
    """A new article without texts. Without a slug, it gets one made of its title that is free: of
    other articles, and of a folder's, which it would replace once it is published."""
    if slug:
        return Article.objects.create(slug=slug, order=order, created_by=user)
    base = slugify(title)[: LONGEST_SLUG - 6].strip("-") or "article"
    files = folder_slugs()
    name, number = base, 1
    while True:
        if name not in files:
            try:
                with transaction.atomic():
                    return Article.objects.create(slug=name, order=order, created_by=user)
            except IntegrityError:
                pass
        number += 1
        name = f"{base}-{number}"


@transaction.atomic
def create_text(
    article: Article,
    language: str,
    content: Content,
    user: Any = None,
    *,
    step: str = Step.SAVED,
    status: str = Status.DRAFT,
    note: str = "",
    file: str = "",
    **fields: Any,
) -> ArticleText:
    """A new text of an article, with its first version. Raises IntegrityError where there is one
    in this language."""
    text = ArticleText.objects.create(
        article=article, language=primary(language), title=content.title, **fields
    )
    take_step(text, step, user, content=content, note=note, file=file, status=status)
    return text


@transaction.atomic
def create_draft(title: str, questions: Iterable[str], language: str, user: Any) -> Article:
    """A draft of an article that people have missed, with their questions in it."""
    language = primary(language)[:16] or DEFAULT
    title = " ".join(title.replace("\0", "").split())[:200].strip()
    if not is_heading(title):
        title = _("New article")
    article = create_article(title, user=user)
    with translation.override(language):
        lead = _("People asked, and no article answered:")
    asked = [" ".join(text.replace("\0", "").split())[:LONGEST_QUESTION] for text in questions]
    lines = [f"- {text}" for text in dict.fromkeys(asked) if text][:MOST_QUESTIONS]
    body = f"{lead}\n\n" + "\n".join(lines) if lines else ""
    create_text(article, language, Content.of(title, body), user)
    return article
