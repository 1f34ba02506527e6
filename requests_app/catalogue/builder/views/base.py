"""What the pages beside a draft share."""

from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import BaseObjectMixin, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from arrondissements.models import User
from requests_app.catalogue.builder.models import ServiceDraft


class WorkshopPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page of the workshop, open to whoever may write; `names` are the addresses of its neighbours."""

    model = ServiceDraft
    permission_required = "change"
    header_icon = "form"
    names: dict[str, str] = {}

    @property
    def by(self) -> User:
        """Who is at work."""
        return cast(User, self.request.user)

    def to(self, name: str, *args: Any) -> str:
        """The address of a neighbour."""
        return reverse(self.names[name], args=args)

    def here(self) -> HttpResponse:
        """This page again, after an act."""
        return redirect(self.request.get_full_path())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The list, then this page."""
        way = [{"url": self.to("list"), "label": gettext("Démarches")}, *self.between()]
        return [*self.breadcrumbs_items, *way, {"url": "", "label": self.get_page_title()}]

    def between(self) -> list[dict[str, Any]]:
        """What stands between the list and this page."""
        return []


class DraftPage(BaseObjectMixin, WorkshopPage):
    """A page about one draft."""

    object: ServiceDraft

    def get_page_subtitle(self) -> str:
        """The service."""
        return str(self.object)

    def between(self) -> list[dict[str, Any]]:
        """The draft itself."""
        return [{"url": self.to("edit", self.object.pk), "label": str(self.object)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The draft and the ways to its other pages."""
        ways = {
            name: self.to(name, self.object.pk) for name in ("edit", "check", "try", "paper", "export", "duplicate")
        }
        return super().get_context_data(**kwargs) | {"draft": self.object, "ways": ways}
