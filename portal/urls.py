"""Every address of the site, room by room. Contracts other programs rely on stand first."""

from django.urls import path

from portal.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
]
