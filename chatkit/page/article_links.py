"""Help articles for who has a client secret and no login here, as a front end with tokens: an
address that is signed for one person and one article, and good for five minutes."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

from django.core import signing
from django.http import HttpRequest, JsonResponse
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils.translation import get_language, get_language_from_path, override

from .. import access, limits
from ..api import api_view
from ..exceptions import ApiError
from ..knowledge import Article, knowledge_of
from ..models import Session
from ..sessions import is_revoked
from ..sessions.bearer import session_of
from ..visitors import person_of

SALT = "chatkit.article"
SECONDS = 300
PARAMETER = "token"
LONGEST = 2000  # characters of an address


@api_view("GET")
def article(request: HttpRequest) -> JsonResponse:
    """`{"url", "title", "language", "expires_in"}` for `?url=ADDRESS`, that of a help article as an
    answer cites it. `url` is the same place for who has no login; `not_found` for another page."""
    session = session_of(request)
    limits.check(request, "request", session.person_pk, session.workflow_id)
    address = request.GET.get("url", "")[:LONGEST]
    slug = _slug(address)
    wanted = parse_qs(urlsplit(address).query).get("language", [""])[0] if slug else ""
    found = _article(session, slug, wanted)
    if found is None:
        raise ApiError("not_found")
    url = request.build_absolute_uri(reverse("chatkit:help-article", args=[slug]))
    query, place = {"workflow": session.workflow_id}, urlsplit(address).fragment
    if wanted:
        query["language"] = found.language
    if person_of(request) != session.person:  # who is known here has the site's own page
        query[PARAMETER] = signing.TimestampSigner(salt=SALT).sign(f"{slug}.{session.session_id}")
    url += f"?{urlencode(query)}{'#' if place else ''}{place}"
    told = {"title": found.title, "language": found.language, "expires_in": SECONDS}
    return JsonResponse({"url": url} | told)


def signed_article(request: HttpRequest, slug: str) -> Article | None:
    """The article behind a signed address; None where it is none, or has ended."""
    try:
        signer = signing.TimestampSigner(salt=SALT)
        value = signer.unsign(request.GET.get(PARAMETER, ""), max_age=SECONDS)
    except signing.BadSignature:
        return None
    named, _dot, session_id = value.rpartition(".")
    if named != slug:
        return None
    session = Session.objects.select_related("user").filter(session_id=session_id).first()
    if session is None or is_revoked(session):
        return None
    if not access.allowed(session.person, session.workflow_id):
        return None
    return _article(session, slug, request.GET.get("language", ""))


def _article(session: Session, slug: str, wanted: str) -> Article | None:
    if not slug:
        return None
    return knowledge_of(session.workflow_id).article(slug, get_language() or "en", wanted)


def _slug(address: str) -> str:
    """The article whose page is at an address of this site; "" where it is another's."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    below = f"/{path.removeprefix(get_script_prefix()).lstrip('/')}"
    try:
        # With a language in front an address is known in that language alone.
        with override(get_language_from_path(below) or get_language()):
            match = resolve(below)
    except Resolver404:
        return ""
    return str(match.kwargs["slug"]) if match.url_name == "help-article" else ""
