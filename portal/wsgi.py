"""WSGI entry point (`gunicorn portal.wsgi`)."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

# New objects before the collector looks for cycles; Python's 700 makes it run several times a page.
COLLECT_AFTER = 20_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from arrondissements import outbox  # noqa: E402 - its tables are there only now

# What is loaded now never goes away: the collector no longer walks it. Collecting was a fifth of the time of a
# filing measured in one process; over HTTP the gain is within the noise.
get_resolver().url_patterns  # noqa: B018 - imports every view
gc.collect()
gc.freeze()
gc.set_threshold(COLLECT_AFTER, 20, 50)
outbox.start()
