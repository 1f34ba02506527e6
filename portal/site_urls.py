"""Addresses of the public site that are not Wagtail pages; French without prefix, English under /en/."""

from django.conf import settings
from django.urls import path

from portal import component_gallery, feeds, site_views

app_name = "portal"
urlpatterns = [
    path("recherche/", site_views.search_page, name="search"),
    path("rss/", feeds.rss, name="rss"),
    path("sitemap.xml", site_views.sitemap, name="sitemap"),
    path("robots.txt", site_views.robots, name="robots"),
]
if settings.DEMO:
    urlpatterns += [path("demo/composants/", component_gallery.gallery, name="gallery")]
