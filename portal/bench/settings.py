"""The settings of the site, and the four things that measuring changes. Never used to serve anybody."""

from portal.settings import *  # noqa: F403
from portal.settings import STORAGES

# The floors have addresses beside those of the site.
ROOT_URLCONF = "portal.bench.urls"
# One visitor looks up thousands of codes: the limit still counts each of them, and refuses none.
VERIFY_PER_MINUTE = VERIFY_TOGETHER_PER_MINUTE = 10**9
# What waits in the outbox is another process's work, which the floors do not have either.
RELAY = "none"
# Nothing is collected in the folder of the run: static addresses carry no hash.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
