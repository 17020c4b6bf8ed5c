"""A site that forgot to include our addresses."""

from django.urls import path

from mseller import views

urlpatterns = [path("", views.home, name="home")]
