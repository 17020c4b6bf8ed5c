"""The console's addresses: `path("", include("chatkit.contrib.console.urls"))`."""

from django.urls import path

from .checks import has_admin
from .registry import pages as all_pages
from .visit import console_view

if has_admin():
    from . import pages  # noqa: F401  (registers them)

app_name = "chatkit_console"
urlpatterns = [
    path(f"apps/chatkit/console/{address.route}", console_view(page, address), name=address.name)
    for page in all_pages()
    for address in page.addresses
]
