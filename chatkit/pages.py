"""The chat page and the help articles."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def chat(request: HttpRequest) -> HttpResponse:
    """The chat page."""
    return render(request, "chatkit/page.html")


@login_required
def help_article(request: HttpRequest, slug: str) -> HttpResponse:
    """One help article."""
    raise Http404
