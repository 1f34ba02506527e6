"""All settings, from the environment only; with no environment at all the demonstration runs.

`DATABASE_URL`, `REDIS_URL`, `EMAIL_URL`… switch each part to the real thing.
A wrong value stops the start with one sentence (see `portal.environment`).
"""

import sys
from pathlib import Path

import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# -- The installation ---------------------------------------------------------------------------
DEMO = env.boolean("DEMO", default=False)
DEBUG = env.boolean("DEBUG", default=False)
VAR_DIR = Path(env.text("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
SECRET_KEY = env.secret("SECRET_KEY", keep_in=VAR_DIR / "secret_key")
SITE_BASE_URL = env.address("SITE_BASE_URL", default=f"http://127.0.0.1:{env.port('PORT', 8000)}")
SITE_HOST = SITE_BASE_URL.split("://", 1)[1]
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=[SITE_HOST.split(":")[0], "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [SITE_BASE_URL]
HTTPS = SITE_BASE_URL.startswith("https://")

# -- The town hall ------------------------------------------------------------------------------
TOWN_HALL = env.text("TOWN_HALL", default="Mairie de Cotonou")
# Shown as data, never invented: empty until the town hall gives them.
TOWN_HALL_LOGO = env.text("TOWN_HALL_LOGO", default="")
DOCUMENT_LETTERHEAD = env.words(
    "DOCUMENT_LETTERHEAD", default=["République du Bénin", "Fraternité – Justice – Travail", "Département du Littoral"]
)
# The town hall's own letters read "N°023 CAB/MCOT/…" ; {seq}, {year}, {office} and {service} keep it unique.
DOCUMENT_NUMBER_PATTERN = env.text("DOCUMENT_NUMBER_PATTERN", default="N°{seq:04d}/{year}/MCOT/{office}/{service}")
DOCUMENT_PLACE = env.text("DOCUMENT_PLACE", default="Cotonou")
DOCUMENT_SHORT_HOST = env.text("DOCUMENT_SHORT_HOST", default="")
DOCUMENT_CODE_PREFIX = env.text("DOCUMENT_CODE_PREFIX", default="bj-cotonou")
DOCUMENT_KEY_DIR = Path(env.text("DOCUMENT_KEY_DIR", default=str(VAR_DIR / "keys")))
DOCUMENT_CODE_KEY = env.secret("DOCUMENT_CODE_KEY", keep_in=VAR_DIR / "document_code_key")

# -- Rooms --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal",
    "requests_app",
    "requests_app.catalogue",
    "requests_app.catalogue.builder",
    "civil_status.documents",
    "arrondissements",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "phonenumber_field",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
AUTH_USER_MODEL = "arrondissements.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.PrivateByDefault",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "portal.middleware.SecondFactorRequired",
    "portal.middleware.LockedScreen",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
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
                "portal.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(INSTALLED_APPS.index("django.contrib.staticfiles"), "django.forms")

# -- Data ---------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
POSTGRESQL = DATABASES["default"]["ENGINE"].endswith("postgresql")

REDIS_URL = env.text("REDIS_URL", default="")
LOCAL_CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
SHARED_CACHE = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": REDIS_URL,
    "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2},
}
CACHES = {
    # What a request cannot do without never hangs on Redis.
    "default": LOCAL_CACHE,
    # The comfort limits of public pages, shared by the workers; open when Redis is away.
    "limits": SHARED_CACHE if REDIS_URL else LOCAL_CACHE | {"LOCATION": "limits"},
    # Squares of the map, some 30 kB each.
    "tiles": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(VAR_DIR / "tiles"),
        "OPTIONS": {"MAX_ENTRIES": 4000},
    },
}
# Reverse proxies in front of us that write X-Forwarded-For.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", default=0)
VERIFY_PER_MINUTE = env.number("VERIFY_PER_MINUTE", default=30)
VERIFY_TOGETHER_PER_MINUTE = env.number("VERIFY_TOGETHER_PER_MINUTE", default=6000)
# How often codes for a phone are asked from one address, which a whole cyber café may share, and by everybody.
PHONE_CODES_PER_MINUTE = env.number("PHONE_CODES_PER_MINUTE", default=10)
PHONE_CODES_TOGETHER_PER_MINUTE = env.number("PHONE_CODES_TOGETHER_PER_MINUTE", default=600)
# How long a draft is kept after its last change, and how many days before the end it is recalled.
DRAFT_DAYS = env.number("DRAFT_DAYS", default=90)
DRAFT_REMINDER_DAYS = env.number("DRAFT_REMINDER_DAYS", default=10)
# How long a designer's trial is kept after its last change.
TRIAL_DAYS = env.number("TRIAL_DAYS", default=30)
# After how many days a document that waits at the counter is recalled, recalled again, and told to the office.
UNCLAIMED_FIRST_DAYS = env.number("UNCLAIMED_FIRST_DAYS", default=10)
UNCLAIMED_SECOND_DAYS = env.number("UNCLAIMED_SECOND_DAYS", default=30)
UNCLAIMED_LISTED_DAYS = env.number("UNCLAIMED_LISTED_DAYS", default=45)
# A map to point at: where the town hall has its tiles, e.g. https://tiles.example.bj/{z}/{x}/{y}.png; empty: no map.
# Only this server asks for them. What their licence wants said under a map comes with it.
MAP_TILES_URL = env.tiles("MAP_TILES_URL")
MAP_ATTRIBUTION = env.text("MAP_ATTRIBUTION", default="")
MAP_TILES_DAYS = env.number("MAP_TILES_DAYS", default=30)
# How often one address, and everybody, may turn the map in a minute.
MAP_PER_MINUTE = env.number("MAP_PER_MINUTE", default=60)
MAP_TOGETHER_PER_MINUTE = env.number("MAP_TOGETHER_PER_MINUTE", default=1200)
# How long a browser remembers the phone whose code it gave.
PHONE_SESSION_MINUTES = env.number("PHONE_SESSION_MINUTES", default=30)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR_DIR / "media"), "base_url": "/media/"},
    },
    # Evidence and issued files: never under a public address.
    "private": {
        "BACKEND": "arrondissements.private_files.PrivateFiles",
        "OPTIONS": {"location": str(VAR_DIR / "private"), "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "portal.static_files.NamedByContent"},
}
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# A whole service is one form in the admin: 60 questions are some 2,000 boxes.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# What citizens attach waits in quarantine until clamd has read it; empty: no antivirus is asked.
CLAMD_URL = env.antivirus("CLAMD_URL")
# Days that a file is kept after the end of its request, unless its piece says otherwise; to be confirmed.
EVIDENCE_RETENTION_DAYS = env.number("EVIDENCE_RETENTION_DAYS", default=365)

# -- What leaves the database -------------------------------------------------------------------
OUTBOX_HANDLERS = {
    "email": "requests_app.messaging.delivery.send_email",
    "sms": "requests_app.messaging.delivery.send_sms",
    "issue": "requests_app.finishing.finish",
    "scan": "requests_app.evidence.scanning.scan",
    "batch": "requests_app.teamwork.batches.work",
}
# What is done without anybody asking: {name: (function, minutes between two runs)}; see arrondissements.chores.
CHORES = {
    "measure-capacity": ("requests_app.promises.measuring.measure", 15),
    "remind-promises": ("requests_app.promises.escalation.sweep", 60),
    "offer-help": ("requests_app.promises.helping.sweep", 60),
    "notice-silences": ("requests_app.promises.silence.sweep", 60),
    "publish-scheduled": ("requests_app.catalogue.scheduling.publish_due", 1),
    "tend-drafts": ("requests_app.drafts.tend", 60),
    "count-figures": ("requests_app.oversight.counting.refresh", 5),
    "watch-anomalies": ("requests_app.oversight.watching.watch", 60),
    "forget-trials": ("requests_app.trials.forget_due", 24 * 60),
    "forget-phone-codes": ("requests_app.tracking.forget_old", 60),
    "recall-unclaimed": ("requests_app.walk_ins.unclaimed.tend", 60),
    "begin-absences": ("requests_app.teamwork.absences.begin", 15),
    "purge-evidence": ("requests_app.evidence.purging.purge", 24 * 60),
}
# celery: a broker and its workers; thread: inside this process; none: only `manage.py relay`.
RELAY = env.one_of("RELAY", ("celery", "thread", "none"), default="celery" if REDIS_URL else "thread")
SMS_BACKEND = env.text("SMS_BACKEND", default="requests_app.messaging.sms.ConsoleBackend")
# The demonstration reads its letters at /demo/boite-aux-lettres/.
EMAIL_URL = env.text("EMAIL_URL", default="dummymail://" if DEMO else "consolemail://")
vars().update(env.email(EMAIL_URL))
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="ne-pas-repondre@localhost")

CELERY_BROKER_URL = REDIS_URL or None
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "visibility_timeout": 300,
    "unacked_restore_throttle": 1,
    "max_retries": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "sweep-outbox": {"task": "arrondissements.tasks.sweep", "schedule": 60.0},
    "do-chores": {"task": "arrondissements.tasks.do_chores", "schedule": 60.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# -- Languages, time ----------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("français")), ("en", _("anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Africa/Porto-Novo"
LANGUAGE_COOKIE_NAME = "langue"
PHONENUMBER_DEFAULT_REGION = "BJ"
PHONENUMBER_DEFAULT_FORMAT = "NATIONAL"

# -- People -------------------------------------------------------------------------------------
LOGIN_URL = "staff:login"
LOGIN_REDIRECT_URL = "desk:queue"
LOGOUT_REDIRECT_URL = "staff:login"
OTP_TOTP_ISSUER = "Pôle Cotonou"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
# A whole office shares one address: the account is locked, not the address.
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "staff/locked.html"
AXES_IPWARE_PROXY_COUNT = TRUSTED_PROXIES
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 12 * 3600
# A screen nobody touches for so long locks itself.
LOCK_AFTER_MINUTES = env.number("LOCK_AFTER_MINUTES", default=10)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"

# -- Headers ------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = False  # the reverse proxy redirects
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    # Wagtail's own admin pages carry inline scripts; portal.middleware gives /admin/ its own policy.
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# W008: see SECURE_SSL_REDIRECT; axes.W006: see AXES_LOCKOUT_PARAMETERS.
SILENCED_SYSTEM_CHECKS = ["security.W008", "axes.W006"]

# -- Wagtail ------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Pôle Cotonou"
WAGTAILADMIN_BASE_URL = SITE_BASE_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = [("fr", "Français"), ("en", "English")]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_PASSWORD_RESET_ENABLED = False  # staff come in by portal.staff_views only
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["pdf", "odt", "ods", "csv"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 5 * 1024 * 1024
WAGTAILADMIN_LOGIN_URL = WAGTAIL_FRONTEND_LOGIN_URL = "staff:login"

# -- Logs: event names with values beside them, never names, phones or answers --------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.format_exc_info,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "pole": {"level": env.text("LOG_LEVEL", default="INFO"), "propagate": True},
        # A 404 would write the secret address of somebody's draft into the log.
        "django.request": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}

env.refuse_unsafe(debug=DEBUG, demo=DEMO, https=HTTPS)
