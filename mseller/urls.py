"""Addresses of the site. The chat's own come from `chatkit.urls`."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path
from django.views.generic import RedirectView

from . import language_choice, views

urlpatterns = [
    path("", views.home, name="home"),
    path(
        "accounts/login/",
        language_choice.LoginView.as_view(),
        name="login",
    ),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("accounts/logged_out/", views.logged_out, name="logged_out"),
    path("accounts/password_change/", views.PasswordChangeView.as_view(), name="password_change"),
    path(
        "accounts/password_change/done/",
        auth.PasswordChangeDoneView.as_view(),
        name="password_change_done",
    ),
    path("accounts/password_reset/", views.PasswordResetView.as_view(), name="password_reset"),
    path(
        "accounts/password_reset/done/",
        views.PasswordResetDoneView.as_view(),
        name="password_reset_done",
    ),
    path(
        "accounts/password_reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "accounts/password_reset/complete/",
        auth.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
    path("i18n/setlang/", language_choice.set_language, name="set_language"),
    path("admin/login/", views.admin_login),
    # Where the old password is asked for, too, its guessing is limited.
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),
    path("admin/", admin.site.urls),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
    path("", include("chatkit.urls")),
    path("", include("chatkit.contrib.console.urls")),
    path("", include("chatkit.contrib.articles.urls")),
    path("", include("chatkit.contrib.playground.urls")),
]

handler400 = "mseller.views.bad_request"
handler500 = "mseller.views.server_error"
