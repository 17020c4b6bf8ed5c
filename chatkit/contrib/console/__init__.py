"""The console: what the operator of a site sees of its assistant, and does about it.

# settings.py
INSTALLED_APPS = [..., "chatkit", "chatkit.contrib.console"]

# urls.py
urlpatterns = [..., path("", include("chatkit.contrib.console.urls"))]
"""
