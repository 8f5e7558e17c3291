"""Settings of a running Lindung, in demo mode or in production, by environment alone."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Any

from django.conf import locale
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from lindung.outreach.lines import read as read_lines
from lindung.site.settings import environment as env

ROOT = env.ROOT
SOURCE = ROOT / "src" / "lindung"

# demo: made-up people, printed logins. production: neither is possible. test: see test.py.
MODE = env.text("LINDUNG_ENV", "demo")
if MODE not in {"demo", "production", "test"}:
    raise ImproperlyConfigured("LINDUNG_ENV must be demo, production or test.")
DEMO = MODE == "demo"
DEBUG = False
VERSION = env.version()

LINDUNG_HOME = env.home()
# Key files, readable by this account alone; `manage.py make_keys` makes what is missing.
KEYS = Path(env.text("LINDUNG_KEYS", str(LINDUNG_HOME / "keys")))


def _secret() -> str:
    file = KEYS / "django-secret"
    if not file.exists():
        if MODE == "production" and "make_keys" not in sys.argv:
            raise ImproperlyConfigured(f"{file} is missing; run `manage.py make_keys` once.")
        # Only for `make_keys` itself: nothing that this signs outlives the process.
        return secrets.token_urlsafe(48)
    return file.read_text().strip()


SECRET_KEY = _secret()
SIGNING_KEYS_FOLDER = KEYS

PORT = env.number("LINDUNG_PORT", 8000)
# Our address as others reach it: links in messages, the exchange's source, cookies.
PUBLIC_URL = env.text("LINDUNG_PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
# Who we are to other nodes; a deployment for another country names a file of its own.
EXCHANGE_NODE_FILE = env.text("LINDUNG_NODE_FILE", str(SOURCE / "exchange" / "node.yaml"))
# Class that holds the exchange's private keys (own_keys.KeyStore): files, or a PKCS#11 token.
EXCHANGE_KEYS = env.text("LINDUNG_EXCHANGE_KEYS", "lindung.exchange.own_keys.KeyFiles")
# For exchange.token_keys.TokenKeys: the token's module, its label, and the file its PIN lies in.
EXCHANGE_TOKEN_MODULE = env.text("LINDUNG_TOKEN_MODULE", "/usr/lib/softhsm/libsofthsm2.so")
EXCHANGE_TOKEN = env.text("LINDUNG_TOKEN", "lindung")
EXCHANGE_TOKEN_PIN_FILE = env.text("LINDUNG_TOKEN_PIN_FILE", str(KEYS / "token-pin"))
SIMULATOR_URL = env.text("LINDUNG_SIMULATOR_URL", "http://127.0.0.1:8010").rstrip("/")
SECURE = PUBLIC_URL.startswith("https://")
if MODE == "production" and not SECURE:
    raise ImproperlyConfigured("LINDUNG_PUBLIC_URL must begin with https:// in production.")
# Other systems' hosts that may lie on private addresses; every other call goes to the open network.
PRIVATE_HOSTS = frozenset(env.words("LINDUNG_PRIVATE_HOSTS"))
ALLOWED_HOSTS = env.words("LINDUNG_HOSTS", "127.0.0.1,localhost,[::1]")

APPS = (
    "reference",
    "access",
    "duty",
    "regulations",
    "registry",
    "outreach",
    "documents",
    "parties",
    "recruitment",
    "placement",
    "preparation",
    "costs",
    "intake",
    "monitoring",
    "protection",
    "reintegration",
    "visits",
    "assistance",
    "incidents",
    "signals",
    "crisis",
    "exchange",
    "changeover",
    "privacy",
    "site",
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    *(f"lindung.{app}" for app in APPS),
]

MIDDLEWARE = [
    # First: what a request took is told of all of it.
    "lindung.site.middleware.seen.Seen",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages carry no secret beside attacker-chosen text but the form token, which Django masks anew
    # each time (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "lindung.site.middleware.headers.Headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lindung.site.middleware.language.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lindung.site.middleware.phone.OnPhone",
    "lindung.site.middleware.limits.PublicDoors",
    # Last: from here on the request acts as somebody, in one transaction.
    "lindung.site.middleware.acting.Acting",
]

ROOT_URLCONF = "lindung.site.urls"
WSGI_APPLICATION = "lindung.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            SOURCE / "site" / "templates",
            *(SOURCE / app / "web" / "templates" for app in APPS),
        ],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lindung.site.context.surroundings",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "lindung.site.templatetags.formats"],
        },
    }
]
COTTON_DIR = "cotton"

# One database, two logins. Migrations and loaders connect as the owner (manage.py knows which
# commands), everything else as the application, which the row policies bind.
CONNECT_AS = env.text("LINDUNG_CONNECT_AS", "app")
_URL = "LINDUNG_OWNER_DATABASE_URL" if CONNECT_AS == "owner" else "DATABASE_URL"
DATABASES = {"default": env.database(env.text(_URL, "postgresql://lindung_app@/lindung"))}
# Which of our programs a connection belongs to, as the server's own views show it.
DATABASES["default"]["OPTIONS"].setdefault("application_name", f"lindung-{CONNECT_AS}")
if CONNECT_AS == "jobs":
    # The job worker's own connections take and end jobs, which only our robots may.
    _options = DATABASES["default"]["OPTIONS"]
    _options["options"] = f"{_options.get('options', '')} -c role=acts_as_clock".strip()
DATABASES["default"]["CONN_MAX_AGE"] = env.number("LINDUNG_CONNECTION_SECONDS", 600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A streaming replica of the same database, same login: pages that may be a little old are read there.
REPLICA_URL = env.text("LINDUNG_REPLICA_URL", "")
# A replica that is further behind than this is left alone until it has caught up.
REPLICA_SECONDS = env.number("LINDUNG_REPLICA_SECONDS", 30)
if REPLICA_URL and CONNECT_AS == "app":
    DATABASES["replica"] = env.database(REPLICA_URL) | {
        "CONN_MAX_AGE": env.number("LINDUNG_CONNECTION_SECONDS", 600),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": env.flag("LINDUNG_POOLED", default=False),
    }
# A transaction pooler hands each transaction another server; cursors would not survive it.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env.flag("LINDUNG_POOLED", default=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that a lock-out holds in every process. Only the door may use it: what is read
# on somebody's behalf is never kept for another.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# Signing in --------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "lindung.access.sign_in.OfficialsOnly"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("LINDUNG_PROXIES", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Lindung"
# One step of thirty seconds either way (RFC 6238, section 5.2): clocks differ, people type slowly.
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "lindung.access.sign_in.SecondFactors"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_ENGINE = "lindung.access.session_store"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if SECURE else []
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
# The proxy ends TLS and sends plain requests to https; a place on the browsers' preload list is for the
# domain's owner to ask for.
SILENCED_SYSTEM_CHECKS = ["security.W008", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # A voice note is heard again on the phone before it is sent.
        "media-src": ["'self'", "blob:"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Words, days, numbers ------------------------------------------------------------------------
LANGUAGE_CODE = "id"
# Django ships no name for Javanese; its pages need one before they can be offered.
locale.LANG_INFO.setdefault(
    "jv", {"bidi": False, "code": "jv", "name": "Javanese", "name_local": "Basa Jawa"}
)
LANGUAGES = [
    ("id", "Bahasa Indonesia"),
    ("en", "English"),
    ("jv", "Basa Jawa"),
    ("ko", "한국어"),
    ("zh-hant", "繁體中文"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [SOURCE / app / "locale" for app in APPS]
LANGUAGE_COOKIE_NAME = "bahasa"
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

# Files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = LINDUNG_HOME / "static"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = LINDUNG_HOME / "files"
# People's papers, each sealed under a key of its own: a folder, or a bucket that speaks S3.
_BUCKET = env.text("LINDUNG_DOCUMENTS_BUCKET", "")
STORAGES["documents"] = (
    {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _BUCKET,
            "endpoint_url": env.text("LINDUNG_DOCUMENTS_ENDPOINT", "") or None,
            "region_name": env.text("LINDUNG_DOCUMENTS_REGION", "") or None,
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }
    if _BUCKET
    else {
        "BACKEND": "lindung.documents.files.WholeFiles",
        "OPTIONS": {
            "location": LINDUNG_HOME / "documents",
        },
    }
)
# A virus scanner (clamd): a socket's path or host:port. Without one files stay "unscanned".
CLAMD = env.text("LINDUNG_CLAMD", "")
DOCUMENT_BYTES = env.number("LINDUNG_DOCUMENT_BYTES", 8_000_000)
DOCUMENT_PIXELS = env.number("LINDUNG_DOCUMENT_PIXELS", 50_000_000)
DOCUMENTS_EACH = env.number("LINDUNG_DOCUMENTS_EACH", 60)
# What is uploaded stays in memory until it is sealed: a temporary file would lie open on the disk.
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * DOCUMENT_BYTES

# Words to and from people: the lines that are on (docs/how-to/channels.md); none by itself.
LINES = read_lines(os.environ)
EMAIL_BACKEND = (
    "django.core.mail.backends.console.EmailBackend"
    if DEMO
    else env.text("LINDUNG_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
)
EMAIL_HOST = env.text("LINDUNG_EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("LINDUNG_EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("LINDUNG_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.secret("LINDUNG_EMAIL_PASSWORD_FILE")
EMAIL_USE_TLS = env.flag("LINDUNG_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 20

# Seeing it run (docs/how-to/observe.md) ------------------------------------------------------------
# Logs name ids, never people: JSON objects in production, lines to read elsewhere.
LOG_FORMAT = env.text("LINDUNG_LOGS", "json" if MODE == "production" else "line")
if LOG_FORMAT not in {"json", "line"}:
    raise ImproperlyConfigured("LINDUNG_LOGS must be json or line.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "lindung.site.logs.Line",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "lindung.site.logs.Json"},
    },
    "filters": {"nobody": {"()": "lindung.site.logs.Nobody"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["nobody"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        # It tells of every task it knows at every start.
        "procrastinate": {"level": "WARNING"},
    },
}
# From how many milliseconds on a statement to the database is written to the log, without its values.
SLOW_STATEMENT_MS = env.number("LINDUNG_SLOW_STATEMENT_MS", 500)
# Measures for Prometheus at /metrics: whoever asks shows the token in this file. Without it the address
# does not exist. All processes of this machine count into one folder.
METRICS_TOKEN = env.secret("LINDUNG_METRICS_TOKEN_FILE")
METRICS = bool(METRICS_TOKEN)
if METRICS:
    if len(METRICS_TOKEN) < 32:
        raise ImproperlyConfigured("The token for /metrics must have at least 32 characters.")
    # Read by prometheus_client when it is loaded.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(LINDUNG_HOME / "run" / "metrics"))
# Traces and measures by OTLP/HTTP: the collector's address, without /v1/…; empty: nothing is sent.
OTLP_ENDPOINT = env.text("OTEL_EXPORTER_OTLP_ENDPOINT", "").rstrip("/")
# The file whose time says when the last backup was whole; `./lindung backup` and scripts touch it.
BACKUP_MARK = env.text("LINDUNG_BACKUP_MARK", str(LINDUNG_HOME / "last-backup"))
# Certificates (PEM) whose end is watched.
CERTIFICATES = env.words("LINDUNG_CERTIFICATES")

SITE_NAME = _("Lindung")
# The worker's phone shows a neutral name and leaves to a neutral page: who looks over a shoulder
# learns nothing.
PHONE_NAME = env.text("LINDUNG_PHONE_NAME", "Catatan")
PHONE_EXIT = env.text("LINDUNG_PHONE_EXIT", "https://www.bmkg.go.id/")
# Where a plain SMS reaches us (see docs/how-to/phone.md); empty: to the post's own telephone.
PHONE_SMS = env.text("LINDUNG_PHONE_SMS", "")
