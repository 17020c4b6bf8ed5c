"""The articles' addresses: `path("", include("chatkit.contrib.articles.urls"))`."""

from django.urls import path

from . import helpful

app_name = "chatkit_articles"
urlpatterns = [
    path("apps/chatkit/help/<slug:slug>/helpful/", helpful.vote, name="helpful"),
]
