"""What an uploaded file goes through before it is kept: size, type, scanner, picture."""

from __future__ import annotations

import datetime
import logging
import mimetypes
from dataclasses import dataclass
from typing import IO, Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import F, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from .. import conf
from ..exceptions import ApiError
from ..models import Attachment
from . import disk, images, kinds
from .names import clean_name, with_ending

logger = logging.getLogger("chatkit.attachments")
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: `file` is read from its beginning."""

    name: str
    mime_type: str
    size: int
    file: IO[bytes]


def check_enabled() -> None:
    """ApiError `not_enabled` where this site takes no files."""
    if not conf.get("ATTACHMENTS")["enabled"]:
        raise ApiError("not_enabled")


def check_size(size: int) -> None:
    """ApiError `too_large` with the limit in words."""
    limit = conf.get("ATTACHMENTS")["max_size"]
    if size > limit:
        words = _("This file is too large: at most %(size)s are taken.")
        raise ApiError("too_large", words % {"size": filesizeformat(limit)})


def check_day(whose: Any, size: int) -> None:
    """ApiError `rate_limited` where this person has sent as much as a day allows. Uses the ORM.

    What an agent has published is theirs, and nothing that they sent: of a sent file the row holds
    what the protocol says.
    """
    allowed = conf.get("ATTACHMENTS")["max_per_day"]
    since = timezone.now() - DAY
    rows = Attachment.objects.for_owner(whose)
    recent = rows.filter(created_at__gt=since, payload__has_key="name")
    if (recent.aggregate(Sum("size"))["size__sum"] or 0) + size > allowed:
        words = _("You have sent as many files today as this site takes. Try again tomorrow.")
        raise ApiError("rate_limited", words, headers={"Retry-After": "3600"})


def check_day_alone(row: Attachment) -> None:
    """The same, for the row of a user's file that is saved next, in the same transaction. Until
    that ends nobody else saves one of theirs: of uploads at once, none would count the others."""
    features = connection.features
    if features.has_select_for_update:
        key: Any = row.user_id
        owner = get_user_model()._base_manager.filter(pk=key)
        # Not the key where that can be told apart: other rows that name them are saved meanwhile.
        held = owner.select_for_update(no_key=features.has_select_for_no_key_update)
        list(held.values_list("pk"))
    else:  # SQLite, which is held by whoever writes, whatever it is
        Attachment.objects.filter(pk=row.pk).update(size=F("size"))
    check_day(row, row.size or 0)


def check_claim(name: str, mime_type: str) -> None:
    """ApiError `unsupported_media_type` for a file of a kind, as it is claimed, that this site
    does not take."""
    accept = conf.get("ATTACHMENTS")["accept"]
    if accept and not _accepted(name, kinds.known(mime_type), kinds.UNKNOWN, accept):
        raise _wrong_kind()


@disk.told()
def check(file: IO[bytes], name: str, claimed: str) -> Checked:
    """Look at a whole file; ApiError with a sentence where it is refused.

    `claimed` is the type that came with it.
    """
    name = clean_name(name)
    size = file.seek(0, 2)
    if not size:
        raise ApiError("file_refused", _("This file is empty."))
    check_size(size)
    kind = _kind(file, name, claimed)
    file.seek(0)
    _scan(file, name, kind)
    if kind not in kinds.PICTURES:
        file.seek(0)
        return Checked(name, kind, size, file)
    picture = _picture(file)
    size = picture.file.seek(0, 2)
    try:
        check_size(size)
    except ApiError:
        picture.file.close()
        raise
    picture.file.seek(0)
    return Checked(with_ending(name, picture.endings), picture.mime_type, size, picture.file)


def _kind(file: IO[bytes], name: str, claimed: str) -> str:
    try:
        found = kinds.kind_of(file, name)
    except kinds.Unsafe as error:
        raise ApiError("file_refused", _unsafe(error.code)) from None
    said = _said(name, claimed)
    if found == kinds.OLE and any(kinds.is_protected(file, one) for one in said):
        raise ApiError("file_refused", _unsafe("encrypted"))
    if found in (kinds.UNKNOWN, kinds.TEXT):
        found = next(filter(kinds.is_untold_picture, said), found)
    if any(kinds.contradicts(one, found) for one in said):
        raise ApiError("file_refused", _("This file holds something else than its name says."))
    accept = conf.get("ATTACHMENTS")["accept"]
    if accept and not _accepted(name, kinds.known(claimed), found, accept):
        raise _wrong_kind()
    if found == kinds.PROGRAM and not kinds.matches(found, set(accept) - {"*/*", "*"}):
        raise ApiError("file_refused", _("Programs can’t be sent here."))
    if found == kinds.SVG and not kinds.matches(found, set(accept) - {"*/*", "*", "image/*"}):
        words = _("SVG pictures can’t be sent here. Send the picture as PNG or JPEG.")
        raise ApiError("file_refused", words)
    if found.startswith("image/") and found not in kinds.PICTURES and found != kinds.SVG:
        words = _("Pictures of this kind can’t be read here. Send the picture as JPEG or PNG.")
        raise ApiError("file_refused", words)
    return found


def _said(name: str, claimed: str) -> list[str]:
    """The types that came with a file and that its name says."""
    by_name, packing = mimetypes.guess_type(name)
    if not packing:
        return [claimed, by_name or ""]
    # "table.csv.gz": what is packed in it is a table, by whoever names its type as well.
    return ["" if kinds.known(claimed) == by_name else claimed, f"application/{packing}"]


def _accepted(name: str, claimed: str, found: str, accept: dict[str, list[str]]) -> bool:
    """By what it holds; a kind that bytes do not tell is taken by the claim with its ending. One
    kind of text is told from another by nothing but its ending, so that it needs one of those
    that are named."""
    by_ending = kinds.is_text(found)
    for pattern, endings in accept.items():
        named = not endings or name.lower().endswith(tuple(ending.lower() for ending in endings))
        if kinds.matches(found, [pattern]) and (named or not by_ending):
            return True
        untold = found in (kinds.UNKNOWN, kinds.TEXT, kinds.OLE)
        if untold and named and kinds.matches(claimed, [pattern]):
            return True
    return False


def _scan(file: IO[bytes], name: str, kind: str) -> None:
    """Ask the site's scanner. Where it fails, nothing is taken."""
    path = conf.get("ATTACHMENTS")["scanner"]
    if not path:
        return
    try:
        finding = import_string(path)(file, name, kind)
    except Exception:
        logger.exception("The scanner %s failed: the file was not taken.", path)
        raise ApiError("files_unavailable") from None
    if finding:
        logger.warning("The scanner refused a file: %s", str(finding)[:200])
        words = _("This file was refused by the virus scanner. Nothing of it was kept.")
        raise ApiError("file_refused", words)


def _picture(file: IO[bytes]) -> images.Picture:
    try:
        return images.rewritten(file, conf.get("ATTACHMENTS")["max_size"])
    except images.Refused as error:
        if error.code == "busy":
            raise ApiError("busy", headers={"Retry-After": "5"}) from None
        sentences: dict[str, str | Promise] = {
            "missing": _("This site can’t take pictures."),
            "too_many_pixels": _("This picture has too many pixels. Send a smaller one."),
        }
        words = sentences.get(error.code) or _unsafe("broken")
        raise ApiError("file_refused", words) from None


def _unsafe(code: str) -> str:
    return {
        "bomb": _("Unpacked, this file would be far too large. It was not taken."),
        "polyglot": _("This file holds another one. It was not taken."),
        "encrypted": _("This file is protected by a password. Send one that is not."),
    }.get(code, _("This file is broken and could not be read."))


def _wrong_kind() -> ApiError:
    return ApiError("unsupported_media_type", _("Files of this kind can’t be sent here."))
