"""The site's settings. The environment is read here, once.

The real environment wins over `.env.local`, which wins over `.env` (both in DOT_ENV_DIR, the
project's folder by default). An empty variable counts as not set; blanks and quotes around a
value, or around an entry of a list, are no part of it. Every variable stands in `.env.example`.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from . import answerer, csp, drivers, languages, mail, pool, tasks, transcriber
from .environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
if env.bool("READ_DOT_ENV", default=True):
    folder = Path(os.environ.get("DOT_ENV_DIR") or BASE_DIR)
    for name in (".env.local", ".env"):  # read_env keeps what is set already
        if (folder / name).is_file():
            env.read_env(folder / name)
env.read(os.environ)

# -- the site ----------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
# As it is, blanks and quotes too: a changed key would end everybody's login.
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it in the environment, or run `make run`, "
            "which writes a .env with a random one."
        )
    SECRET_KEY = "only-for-debugging-" + "0" * 40
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else []
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "mseller.views.csrf_failure"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "mseller",
    "mseller.customers",
    "chatkit",
    "chatkit.contrib.console",
    "chatkit.contrib.articles",
    "chatkit.contrib.playground",
]
MIDDLEWARE = [
    "mseller.middleware.NoNulMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mseller.middleware.NoStoreMiddleware",
    "chatkit.page.csp.page_sources",
    csp.MIDDLEWARE,
    "mseller.csp.permissions_policy",
    # Last, not second as its docs say: being sync-only it keeps the whole chain on one
    # thread, which halves the cost of a request under ASGI.
    "whitenoise.middleware.WhiteNoiseMiddleware",
]
globals().update(csp.settings())
ROOT_URLCONF = "mseller.urls"
ASGI_APPLICATION = "mseller.asgi.application"
WSGI_APPLICATION = "mseller.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mseller.context_processors.site",
            ],
        },
    },
]

# -- database and cache ------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Kept open: the handler's threads are kept too, and to open one takes longer than to use it.
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    # With these, writers wait for each other instead of failing, and readers never wait. The log of
    # writes is taken into the database every 16 MiB: at SQLite's own 4 MiB the disk is waited for
    # four times as often.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=4000"
        ),
    }
else:
    # Not kept open: each of the many threads that serve requests would hold a connection.
    DATABASES["default"].setdefault("CONN_MAX_AGE", 0)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    if DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
        drivers.mysql(DATABASES["default"])
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        # Neither with CONN_MAX_AGE nor with a pooler in front, for which the URL says ?pool=false.
        options = DATABASES["default"].setdefault("OPTIONS", {})
        pooled = options.pop("pool", not DATABASES["default"]["CONN_MAX_AGE"])
        if str(pooled).lower() in ("true", "1", "on", "yes"):
            options["pool"] = pool.options()
            DATABASES["default"]["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://mseller")}
if "redis" in CACHES["default"]["BACKEND"]:
    # Seconds. A server that hangs must not hold up a request: without it calls are not counted.
    limits = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    one_pool = {"pool_class": "mseller.redis_pool.OnePool"}
    CACHES["default"]["OPTIONS"] = limits | one_pool | CACHES["default"].get("OPTIONS", {})
RATELIMIT_ENABLE = env.bool("RATELIMIT_ENABLE", default=True)

# -- work outside requests -----------------------------------------------------------------
globals().update(tasks.settings(env))
INSTALLED_APPS += tasks.apps(env)

# -- people ------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["mseller.demo_users.Backend"]
SESSION_ENGINE = "mseller.login_sessions"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# Attempts to log in: with one name from one address, from one address, with one name.
LOGIN_RATE = env.rate("LOGIN_RATE", default="10/5m")
LOGIN_RATE_ADDRESS = env.rate("LOGIN_RATE_ADDRESS", default="100/5m")
LOGIN_RATE_NAME = env.rate("LOGIN_RATE_NAME", default="40/5m")
# Links to a new password, for one address of e-mail and from one address of the network.
RESET_RATE = env.rate("RESET_RATE", default="3/h")
RESET_RATE_ADDRESS = env.rate("RESET_RATE_ADDRESS", default="20/h")
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "logged_out"

# -- mail: links to a new password. In development it is written to the console. -----------
PASSWORD_RESET = DEBUG or "EMAIL_URL" in env.ENVIRON
globals().update(mail.settings(env.email("EMAIL_URL", default="consolemail://")))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@localhost")

# -- languages ---------------------------------------------------------------------------
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = languages.offered()
LOCALE_PATHS = [languages.LOCALE]
FORMAT_MODULE_PATH = "mseller.locale"  # dates where Django's own lack some: ar/formats.py
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60  # else the choice ends with the browser
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

# -- files -------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
# Hashes by Django, and by the build in the names of parts that chatkit.js loads; as in nginx.conf.
WHITENOISE_IMMUTABLE_FILE_TEST = r"[.-][0-9a-f]{10,12}\.\w+$"

# -- security, behind a proxy that speaks HTTPS --------------------------------------------
HTTPS = env.bool("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
# Probes and Prometheus come from the internal network without HTTPS. The one's response is public,
# the other's token has been sent by then.
SECURE_REDIRECT_EXEMPT = [r"^api/chatkit/(health(/live)?|metrics)$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
if env.bool("PROXY_SSL_HEADER", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

# -- logs: to the console. Not LOG_LEVEL, which the ChatKit SDK takes for itself. -----------
DJANGO_LOG_LEVEL = env.str("DJANGO_LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "mseller.logs.OneLineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": DJANGO_LOG_LEVEL, "propagate": False},
        "chatkit": {"handlers": ["console"], "level": DJANGO_LOG_LEVEL, "propagate": False},
    },
}

# -- the assistant -----------------------------------------------------------------------
CHATKIT = {
    "WORKFLOWS": answerer.workflows(env.ENVIRON),
    "OPENAI_API_KEY": env.str("OPENAI_API_KEY", default=""),
    "OPENAI_BASE_URL": env.str("OPENAI_BASE_URL", default="https://api.openai.com/v1"),
    "ACCESS": "mseller.demo_users.may_chat",
    "USER_PREFIX": "mseller",
    "SESSION_SECONDS": env.int("SESSION_SECONDS", default=600),
    "SCRIPT_URL": env.str("CHATKIT_SCRIPT_URL", default=None),
    "DOMAIN_KEY": env.str("CHATKIT_DOMAIN_KEY", default=""),
    "MODEL": env.str("CHATKIT_MODEL", default=""),
    "TRANSCRIBER": transcriber.of(env),
    "MODEL_API": env.str("CHATKIT_MODEL_API", default=""),
    "STREAMS": env.str("CHATKIT_STREAMS", default="") or None,
    "METRICS_TOKEN": env.str("METRICS_TOKEN", default=""),
    "KNOWLEDGE_DIR": env.str("CHATKIT_KNOWLEDGE_DIR", default=str(BASE_DIR / "mseller" / "help")),
    "BASE_TEMPLATE": "base.html",
}
