"""The playground: the chat's look and texts tried beside the chat itself, and the code for them.

# settings.py
INSTALLED_APPS = [..., "chatkit", "chatkit.contrib.playground"]

# urls.py
urlpatterns = [..., path("", include("chatkit.contrib.playground.urls"))]
"""
