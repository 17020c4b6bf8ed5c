"""The playground's address: `path("", include("chatkit.contrib.playground.urls"))`."""

from django.urls import path

from . import views

app_name = "chatkit_playground"
urlpatterns = [path("apps/chatkit/playground/", views.playground, name="playground")]
