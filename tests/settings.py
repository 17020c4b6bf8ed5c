"""The site's settings for tests: nothing of the machine's environment, a file database.

Runs write from their own thread, so an in-memory database (one connection) can't serve.
"""

import os
import tempfile
from pathlib import Path

from tests.tools import shared

worker = os.environ.pop("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if worker and os.environ.get("TEST_CACHE_URL", "").startswith("redis"):
    # Each test empties its cache: a Redis database for each process, from the named one on. What
    # a test starts uses its own, hence the pop.
    server, _, number = os.environ["TEST_CACHE_URL"].rpartition("/")
    os.environ["TEST_CACHE_URL"] = f"{server}/{int(number) + int(worker)}"
KEPT = {name: os.environ.get(name, "") for name in ("TEST_DATABASE_URL", "TEST_CACHE_URL")}
for name in list(os.environ):
    if name.startswith(("CHATKIT_", "OPENAI_", "NEXT_PUBLIC_CHATKIT_", "SECURE_", "CSRF_")):
        del os.environ[name]
for name in ("ALLOWED_HOSTS", "HTTPS", "LANGUAGE_CODE", "SESSION_SECONDS", "LOG_LEVEL", "TASKS"):
    os.environ.pop(name, None)
os.environ.update(
    # The tests fill the processors: threads of BLAS would spin while they wait for a matrix.
    OPENBLAS_NUM_THREADS="1",
    READ_DOT_ENV="off",
    SECRET_KEY="tests-only-" + "k" * 50,
    DEBUG="on",
    DATABASE_URL=KEPT["TEST_DATABASE_URL"] or "sqlite:///unused.sqlite3",
    CACHE_URL=KEPT["TEST_CACHE_URL"] or "locmemcache://tests",
    DJANGO_LOG_LEVEL="INFO",
)
from mseller.settings import *  # noqa: E402, F403
from mseller.settings import BASE_DIR, CHATKIT, DATABASES, LOGGING  # noqa: E402

DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = tempfile.mkdtemp(prefix="media-", dir=shared.folder())
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    folder = Path(tempfile.mkdtemp(prefix="database-", dir=shared.folder()))
    DATABASES["default"]["TEST"] = {"NAME": str(folder / "test.sqlite3")}
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Nobody needs these rows after a power cut: no commit waits for the disk.
    DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"
# Records reach pytest's caplog only where they propagate.
for logger in LOGGING["loggers"].values():  # type: ignore[attr-defined]
    logger["propagate"] = True
    logger["handlers"] = []
LOGGING["handlers"] = {"console": {"class": "logging.NullHandler"}}
WORKFLOW_ID = next(iter(CHATKIT["WORKFLOWS"]))
HELP_DIR = BASE_DIR / "mseller" / "help"
