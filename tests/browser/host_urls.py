"""A host's own page with the tag on it, and a style sheet as such sites have one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from mseller.urls import handler400, handler500, urlpatterns  # noqa: F401

PAGE = """{% load chatkit %}<!doctype html>
<html lang="en"><head><title>Shop</title><link rel="stylesheet" href="/shop.css"></head>
<body><h1>Our shop</h1>
<div id="first">{% chatkit user_id="customer-17" device_id="kiosk-3" class="custom-chatkit" %}</div>
<div id="second">{% chatkit class="plain" %}</div>
</body></html>"""
# A page of a site that lays its pages into one another, with something to fill in.
FORM = """{% load chatkit %}<!doctype html>
<html lang="en"><head><title>Form</title></head>
<body><form><label>Your wish <textarea name="wish"></textarea></label></form>
{% chatkit %}</body></html>"""
# Its links are another site's; ours are read before it says so.
BASED = """{% load chatkit %}<!doctype html>
<html lang="en"><head><title>Based</title></head>
<body>{% chatkit %}<base href="https://elsewhere.example/deep/"></body></html>"""
EMPTY = """{% load static %}<!doctype html>
<html lang="en"><head><title>Empty</title></head>
<body><p>Nothing yet</p>
<script src="{% static 'chatkit/page.js' %}" defer></script></body></html>"""
# Each page of a site with the launcher, and with what opens it.
SITE = """{% load chatkit %}<!doctype html>
<html lang="en"><head><title>Site</title><link rel="stylesheet" href="/shop.css">
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Our site</h1>
<a id="next" href="/site/next/">On</a>
<a id="ask" href="{% url 'chatkit:page' %}" data-chatkit-open="say 3">Ask</a>
<button id="send" type="button" data-chatkit-open="say 4" data-chatkit-send>Send</button>
<div hx-boost="true"><a id="boosted" href="/shop/" data-chatkit-open>Help</a></div>
<form method="post" action="{% url 'logout' %}">{% csrf_token %}<button>Log out</button></form>
</main>{% chatkit_launcher greeting="Any questions?" %}</body></html>"""
# In the base template of a site, so on each of its pages: closed until somebody wants it.
CLOSED = """{% load chatkit %}<!doctype html>
<html lang="en"><head><title>Closed</title></head>
<body><details><summary>Chat</summary>{% chatkit %}</details></body></html>"""
# The habits of old style sheets.
OLD = """{% load chatkit %}<!doctype html>
<html lang="en"><head><title>Old</title><link rel="stylesheet" href="/old.css"></head>
<body>{% chatkit %}</body></html>"""
OLD_STYLE = """
html { font-size: 62.5%; }
* { box-sizing: content-box; margin: 0; padding: 0; }
"""
# Rules for all paragraphs and terms, a root of 10 px, a font, and a night of its own.
BARE_STYLE = """
html { font-size: 62.5%; }
html.night { color-scheme: dark; }
html.night body, [data-theme=dark] body, body[data-bs-theme=dark] { background: #222; color: #eee; }
body { margin: 0; font-family: "Courier New", monospace; font-size: 1.6rem; }
header { padding: 60px 20px; }
p { margin: 3em; font-size: 2.4rem; text-transform: uppercase; }
dt { margin-bottom: 1em; font-weight: 900; }
h2 { border-bottom: 2px solid red; }
button { margin: 10px; text-transform: uppercase; letter-spacing: 3px; }
"""
# As the users of the component of old have it in their style sheets.
STYLE = """
.chatkit-container {
  --chatkit-primary-color: #9155fd;
  --chatkit-background-color: #fff;
  --chatkit-text-color: #333;
  --chatkit-border-radius: 8px;
}
.custom-chatkit { border-radius: 12px; box-shadow: 0 4px 12px rgba(0,0,0,.1); }
.plain { --chatkit-primary-color: rgb(0, 128, 0); height: 420px; width: 360px; }
"""


def shop(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Template(PAGE).render(RequestContext(request)))


def style(request: HttpRequest) -> HttpResponse:
    return HttpResponse(STYLE, content_type="text/css")


def bare_style(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BARE_STYLE, content_type="text/css")


def page(source: str) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(Template(source).render(RequestContext(request)))

    return view


def old_style(request: HttpRequest) -> HttpResponse:
    return HttpResponse(OLD_STYLE, content_type="text/css")


urlpatterns = [
    path("shop/", shop),
    path("shop.css", style),
    path("form/", page(FORM)),
    path("based/", page(BASED)),
    path("empty/", page(EMPTY)),
    path("old/", page(OLD)),
    path("closed/", page(CLOSED)),
    path("site/", page(SITE)),
    path("site/next/", page(SITE)),
    path("old.css", old_style),
    path("bare.css", bare_style),
    *urlpatterns,
]
