"""Pages of a host for the samples: the element set up by the page's own script, as OpenAI's are."""

import json

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path
from django.views.decorators.csrf import ensure_csrf_cookie

from mseller.urls import handler400, handler500, urlpatterns  # noqa: F401

PAGE = """{% load chatkit %}<!doctype html>
<html lang="en"><head><title>Sample</title>{% chatkit_script %}
<script src="/samples/{{ name }}.js" defer></script><link rel="stylesheet" href="/samples.css">
</head><body><main><h1>Sample</h1><openai-chatkit></openai-chatkit></main></body></html>"""
STYLE = "openai-chatkit { height: 600px; }"
SETUP = """
window.told = [];
const chat = document.querySelector("openai-chatkit");
const csrf = () => document.cookie.match(/csrftoken=([^;]+)/)[1];
const getClientSecret = async () => {
  const response = await fetch("/api/chatkit/session", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
    body: JSON.stringify({ workflowId: NAME }),
  });
  return (await response.json()).client_secret;
};
chat.addEventListener("chatkit.effect", ({ detail }) => told.push([detail.name, detail.data]));
chat.addEventListener("chatkit.thread.change", ({ detail }) => {
  if (detail.threadId) sessionStorage.thread = detail.threadId;
});
customElements.whenDefined("openai-chatkit").then(() => chat.setOptions({
  api: { getClientSecret },
  initialThread: sessionStorage.thread ?? null,
  ...OPTIONS,
}));
"""
STATIONS = """[{id: "harbour", title: "Harbour", interactive: true},
  {id: "museum", title: "Museum", interactive: true}]"""
OPTIONS = {
    "cat": "{}",
    "support": """{composer: {attachments: {enabled: true}}}""",
    "metro": """{
      onClientTool: async ({ name }) => { told.push([name]); return ["harbour"]; },
      entities: {
        onTagSearch: async (query) =>
          STATIONS.filter(({ title }) => title.toLowerCase().includes(query.toLowerCase())),
        onRequestPreview: async ({ title }) =>
          ({preview: {type: "Basic", children: [{type: "Text", value: `Trains at ${title}`}]}}),
        onClick: ({ id }) => told.push(["clicked", id]),
      },
    }""".replace("STATIONS", STATIONS),
    "news": """{
      composer: {tools: [{id: "event_finder", label: "Find events", icon: "calendar"}]},
      widgets: {onAction: async (action, item) => {
        told.push([action.type, action.payload.id]);
        await chat.sendCustomAction(action, item.id);
      }},
    }""",
}


@ensure_csrf_cookie
def page(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(Template(PAGE).render(RequestContext(request, {"name": name})))


def script(request: HttpRequest, name: str) -> HttpResponse:
    text = SETUP.replace("NAME", json.dumps(name)).replace("OPTIONS", OPTIONS[name])
    return HttpResponse(text, content_type="text/javascript")


def style(request: HttpRequest) -> HttpResponse:
    return HttpResponse(STYLE, content_type="text/css")


urlpatterns = [
    path("samples/<name>.js", script),
    path("samples/<name>/", page),
    path("samples.css", style),
    *urlpatterns,
]
