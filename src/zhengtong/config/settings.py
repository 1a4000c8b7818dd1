"""Django's settings: small, with everything that an installation changes read from the environment."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from zhengtong.config.environment import Environment
from zhengtong.kernel.keyfile import load_key

ENVIRONMENT = Environment.read()
PACKAGE = Path(__file__).resolve().parent.parent

DATA_DIR = ENVIRONMENT.data_dir
PUBLIC_URL = ENVIRONMENT.public_url
SITE_NAME = ENVIRONMENT.site_name
# Where the search box in every public page's header leads.
SEARCH_URL = "hall:search"
CASE_NUMBER_PREFIX = ENVIRONMENT.case_prefix
DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
# The hex keeps it text; a file of mode 0600 in the data folder keeps it secret and stable.
SECRET_KEY = load_key(DATA_DIR / "keys" / "session.key").hex()
# Host names are checked by the reverse proxy of an installation; behind none, any name reaches the demo.
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "zhengtong.kernel.apps.KernelConfig",
    "zhengtong.core.crypto.apps.CryptoConfig",
    "zhengtong.core.audit.apps.AuditConfig",
    "zhengtong.core.identity.apps.IdentityConfig",
    "zhengtong.core.marks.apps.MarksConfig",
    "zhengtong.core.files.apps.FilesConfig",
    "zhengtong.core.messages.apps.MessagesConfig",
    "zhengtong.core.worklist.apps.WorklistConfig",
    "zhengtong.core.papers.apps.PapersConfig",
    "zhengtong.core.search.apps.SearchConfig",
    "zhengtong.screens.apps.ScreensConfig",
    "zhengtong.screens.sheets.apps.SheetsConfig",
    "zhengtong.capabilities.signon.apps.SignonConfig",
    "zhengtong.capabilities.keys.apps.KeysConfig",
    "zhengtong.capabilities.pki.apps.PkiConfig",
    "zhengtong.capabilities.timestamps.apps.TimestampsConfig",
    "zhengtong.capabilities.seals.apps.SealsConfig",
    "zhengtong.capabilities.nodes.apps.NodesConfig",
    "zhengtong.capabilities.sources.apps.SourcesConfig",
    "zhengtong.capabilities.catalogue.apps.CatalogueConfig",
    "zhengtong.capabilities.contracts.apps.ContractsConfig",
    "zhengtong.capabilities.interfaces.apps.InterfacesConfig",
    "zhengtong.capabilities.exchange.apps.ExchangeConfig",
    "zhengtong.capabilities.sharing.apps.SharingConfig",
    "zhengtong.capabilities.geography.apps.GeographyConfig",
    "zhengtong.capabilities.powers.apps.PowersConfig",
    "zhengtong.capabilities.workflow.apps.WorkflowConfig",
    "zhengtong.capabilities.cases.apps.CasesConfig",
    "zhengtong.capabilities.registers.apps.RegistersConfig",
    "zhengtong.capabilities.licences.apps.LicencesConfig",
    "zhengtong.capabilities.bundles.apps.BundlesConfig",
    "zhengtong.capabilities.letters.apps.LettersConfig",
    "zhengtong.capabilities.reservations.apps.ReservationsConfig",
    "zhengtong.capabilities.payments.apps.PaymentsConfig",
    "zhengtong.capabilities.ratings.apps.RatingsConfig",
    "zhengtong.capabilities.supervision.apps.SupervisionConfig",
    "zhengtong.desks.hall.apps.HallConfig",
    "zhengtong.desks.window.apps.WindowConfig",
    "zhengtong.desks.workbench.apps.WorkbenchConfig",
    "zhengtong.desks.administration.apps.AdministrationConfig",
    "zhengtong.desks.supervision.apps.SupervisionDeskConfig",
    "zhengtong.desks.powers.apps.PowersDeskConfig",
    "zhengtong.desks.items.apps.ItemsDeskConfig",
    "zhengtong.desks.processes.apps.ProcessesDeskConfig",
    "zhengtong.desks.letters.apps.LettersDeskConfig",
    "zhengtong.desks.lobby.apps.LobbyConfig",
    "zhengtong.desks.ratings.apps.RatingsDeskConfig",
    "zhengtong.desks.cashier.apps.CashierDeskConfig",
    "zhengtong.desks.trust.apps.TrustDeskConfig",
    "zhengtong.desks.seals.apps.SealsDeskConfig",
    "zhengtong.desks.licences.apps.LicencesDeskConfig",
    "zhengtong.desks.security.apps.SecurityDeskConfig",
    "zhengtong.desks.oversight.apps.OversightDeskConfig",
    "zhengtong.desks.marks.apps.MarksDeskConfig",
    "zhengtong.desks.sources.apps.SourcesDeskConfig",
    "zhengtong.desks.catalogue.apps.CatalogueDeskConfig",
    "zhengtong.desks.contracts.apps.ContractsDeskConfig",
    "zhengtong.desks.exchange.apps.ExchangeDeskConfig",
    "zhengtong.desks.interfaces.apps.InterfacesDeskConfig",
    "zhengtong.desks.nodes.apps.NodesDeskConfig",
    "zhengtong.desks.sharing.apps.SharingDeskConfig",
    "zhengtong.sectors.market.apps.MarketConfig",
    "zhengtong.sectors.food.apps.FoodConfig",
    "zhengtong.sectors.fire.apps.FireConfig",
    "zhengtong.sectors.urban.apps.UrbanConfig",
    "zhengtong.sectors.construction.apps.ConstructionConfig",
    "zhengtong.sectors.affairs.apps.AffairsConfig",
    # After the platform's modules, so that identity's pages come before allauth's own.
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "allauth.idp.oidc",
]

MIDDLEWARE = [
    "zhengtong.config.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "zhengtong.config.middleware.DropUnusableCookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "zhengtong.config.middleware.RefuseUnusableInput",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "zhengtong.core.identity.middleware.IdleSessions",
    "django_htmx.middleware.HtmxMiddleware",
    "zhengtong.core.identity.middleware.ActorMiddleware",
    "zhengtong.capabilities.signon.middleware.ProofMiddleware",
    "zhengtong.config.middleware.ErrorsInWords",
]

ROOT_URLCONF = "zhengtong.config.urls"
WSGI_APPLICATION = "zhengtong.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhengtong.screens.context_processors.look",
                "zhengtong.core.identity.context_processors.actor",
                "zhengtong.screens.menu.desk",
            ],
        },
    },
]

DATABASES = {
    "default": ENVIRONMENT.database()
    | {
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "zhengtong"},
        # The template has PostGIS where an operator put it there; only a superuser can add it.
        "TEST": {"TEMPLATE": "template1", "CHARSET": "UTF8"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A worker says every few seconds that it lives; the jobs of one that didn't for this long are taken up again.
WORKER_STALLED_SECONDS = 30
PROCRASTINATE_WORKER_DEFAULTS = {"update_heartbeat_interval": 5, "stalled_worker_timeout": WORKER_STALLED_SECONDS}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    }
}

# Identity --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LOGIN_URL = "/account/login/"
# Where 我的 in the head of a page leads; after signing in one comes to a home below, or to the page one came from.
LOGIN_REDIRECT_URL = "/account/"
STAFF_HOME_URL = "/desk/"
CITIZEN_HOME_URL = "/hall/cases/"

ACCOUNT_ADAPTER = "zhengtong.capabilities.signon.adapter.SignOnAdapter"
ACCOUNT_LOGIN_METHODS = {"phone", "username"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*"]
ACCOUNT_SIGNUP_REDIRECT_URL = "/account/profile/"
ACCOUNT_FORMS = {
    "login": "zhengtong.core.identity.forms.SignInForm",
    "signup": "zhengtong.core.identity.forms.RegisterForm",
    "verify_phone": "zhengtong.core.identity.forms.VerifyPhoneForm",
    "confirm_login_code": "zhengtong.core.identity.forms.SignInCodeForm",
    "change_phone": "zhengtong.core.identity.forms.ChangePhoneForm",
    "change_password": "zhengtong.core.identity.forms.ChangePasswordForm",
    "reauthenticate": "zhengtong.core.identity.forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS = 3
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 600
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# "key" is the phone or user name. Whole offices and villages share one address, so its limits are wide.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "60/5m/ip,5/5m/key",
    "signup": "60/10m/ip",
    "verify_phone": "60/10m/ip,1/m/key,10/d/key",
    "request_login_code": "60/10m/ip,1/m/key,10/d/key",
    "reset_password": "60/10m/ip,1/m/key,5/d/key",
    "change_phone": "5/h/user",
    "change_password": "5/m/user",
    "reauthenticate": "10/5m/user",
    "second_factor": "5/5m/key",
    "identity_claim": "20/h/user",
    "mail_code": "10/h/user",
    # Reading a stranger's file takes the machine some tenths of a second; a stranger's time stamp is kept for ever.
    "verify_file": "20/5m/ip",
    "time_stamp": "600/10m/ip",
    # Anyone may ask how a case stands: guessing the phone's four digits must not pay.
    "case_progress": "10/5m/ip,5/5m/key",
    "letter_progress": "20/5m/ip,5/5m/key",
    # A kiosk is one address; a code of eight digits and four of a phone aren't to be guessed there.
    "lobby_check_in": "30/10m/ip,5/5m/key",
    # No captcha: who writes more letters than that in an hour is no person.
    "letter_write": "60/h/ip",
}

# The OpenID provider for outside systems. A code lives a minute, what it is changed for no longer than a session.
IDP_OIDC_ADAPTER = "zhengtong.capabilities.signon.applications.adapter.OpenIdAdapter"
IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN = 60
IDP_OIDC_ID_TOKEN_EXPIRES_IN = 5 * 60
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 15 * 60
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 8 * 3600

# The oldest session ends when there are more; one that isn't used ends after these seconds.
SESSIONS_PER_ACCOUNT = 5
SESSION_IDLE_SECONDS = {"staff": 30 * 60, "citizen": 8 * 3600}
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
# What the proxy that verifies client certificates says beside each one; without it none is believed or asked for.
CLIENT_CERTIFICATE_SECRET = ENVIRONMENT.client_certificate_secret
# How many masked values one account may have shown whole in an hour; whoever needs more exports, which is recorded too.
REVEALS_PER_HOUR = 60

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "zhengtong.config.errors.csrf_failure"

# What browsers may load ------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31536000 if PUBLIC_URL.startswith("https://") else 0

# Words, days -----------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The process that holds the keys listens here.
SIGNER_SOCKET = ENVIRONMENT.signer_socket
# What new data keys encrypt with; those in use keep their cipher until the next change of keys.
DATA_CIPHER = ENVIRONMENT.data_cipher
# An unwrapped data key is asked for anew after the first, and without the signer it serves as long as the second.
DATA_KEY_FRESH_SECONDS = 5 * 60
DATA_KEY_SECONDS = 30 * 60
# Which clock time stamps are read from: "local", or "synchronised" and refused when it isn't.
TIMESTAMP_CLOCK = ENVIRONMENT.timestamp_clock

# Where the roots of the journal go, off this machine.
JOURNAL_ROOTS_DIR, JOURNAL_ROOTS_URL = ENVIRONMENT.journal_roots.folder, ENVIRONMENT.journal_roots.url
JOURNAL_ROOTS_KEY, JOURNAL_ROOTS_MAIL = ENVIRONMENT.journal_roots.key, ENVIRONMENT.journal_roots.mail

# Files, messages -------------------------------------------------------------------------------------

UPLOAD_MAX_BYTES = ENVIRONMENT.upload_max_bytes
CLAMD_SOCKET = ENVIRONMENT.clamd_socket
# Shared folders that departments put files into lie below it.
SOURCE_FOLDERS = ENVIRONMENT.source_folders
# Where a gateway is named it is used, in the demo too; else what would be sent is kept in the demo's inbox.
GATEWAYS = ENVIRONMENT.gateways
SMS_URL, SMS_KEY, SMS_SECRET, SMS_SIGN = GATEWAYS.sms_url, GATEWAYS.sms_key, GATEWAYS.sms_secret, GATEWAYS.sms_sign
SMS_PROVIDER = "zhengtong.core.messages." + ("http_sms.HttpSmsProvider" if SMS_URL else "providers.DemoInboxProvider")
EMAIL_HOST, EMAIL_PORT = GATEWAYS.smtp_host or "localhost", GATEWAYS.smtp_port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = GATEWAYS.smtp_user, GATEWAYS.smtp_password
EMAIL_USE_TLS, EMAIL_USE_SSL = GATEWAYS.smtp_security == "starttls", GATEWAYS.smtp_security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = GATEWAYS.mail_from or "no-reply@localhost"
MAIL_PROVIDER = "zhengtong.core.messages." + (
    "smtp_mail.SmtpMailProvider" if GATEWAYS.smtp_host or not DEMO else "providers.DemoMailProvider"
)
SMS_PROVIDER = "zhengtong.core.messages.providers.DemoInboxProvider"
PAYMENT_PROVIDER = "zhengtong.capabilities.payments.trial.TrialProvider"
# What the provider signs its notifications with; a file of mode 0600, as the session's key.
PAYMENT_NOTIFY_KEY = load_key(DATA_DIR / "keys" / "payments.key")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["zhengtong.core.files.uploads.LimitedUploadHandler"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "zhengtong.config.logs.AddRequestId"}},
    "formatters": {"json": {"()": "zhengtong.config.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # a line for each table of each font that is cut down
        "django.server": {"handlers": [], "propagate": False},
    },
}
