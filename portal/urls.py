"""Every address of the site, room by room. What is printed on paper or relied on by programs comes first."""

from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, include, path, re_path, reverse_lazy
from django.views.generic import RedirectView
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtail_admin_urls
from wagtail.documents.views.serve import serve as serve_document
from wagtail.urls import serve_pattern

from portal.health import healthz
from portal.media import public_media

staff_login = login_not_required(RedirectView.as_view(url=reverse_lazy("staff:login"), query_string=True))


outside_languages: list[Any] = [
    path("healthz", healthz, name="healthz"),
    # Staff come in by one door, with a second factor.
    path("admin/login/", staff_login),
    path("admin/", include(wagtail_admin_urls)),
    re_path(r"^documents/(\d+)/(.*)$", login_not_required(serve_document), name="wagtaildocs_serve"),
    path("media/<path:name>", public_media, name="media"),
]
pages: list[URLPattern] = [
    # Closed by default (LoginRequiredMiddleware): Wagtail's pages are reopened here.
    re_path(serve_pattern, login_not_required(wagtail_views.serve), name="wagtail_serve"),
]
urlpatterns = outside_languages + i18n_patterns(
    path("compte/", include("portal.staff_urls")),
    path("agent/", include("requests_app.desk.urls")),
    path("salle/", include("requests_app.desk.walk_ins.hall_urls")),
    path("relais/", include("requests_app.relay.urls")),
    path("expert/", include("requests_app.experts.urls")),
    path("", include("requests_app.citizen.urls")),
    path("", include("civil_status.documents.urls")),
    path("", include("portal.site_urls")),
    *pages,
    prefix_default_language=False,
)
