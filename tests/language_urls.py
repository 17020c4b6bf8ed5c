"""The app below a language's prefix and a path of the host's, as `i18n_patterns` makes it."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = i18n_patterns(path("help/", include("chatkit.urls")))
