"""The site and the project package: settings, urls, Celery, Wagtail pages, public search.

The rightmost room: it may import every other room, nobody imports it.
"""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
