"""Pages of the town hall's offices: the room of people and places gives the facts, nothing is invented."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from arrondissements.calendar import hours_of
from arrondissements.models import Office, Quartier
from portal.models.base import SitePage

WORKING_WEEK = range(5)


class OfficeIndexPage(SitePage):
    """The 13 borough offices and the central services."""

    template = "portal/office_index.html"
    parent_page_types = ["portal.HomePage"]
    subpage_types = ["portal.OfficePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("liste des bureaux")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        pages = list(
            OfficePage.objects.child_of(self)
            .live()
            .select_related("office__arrondissement")
            .order_by("office__arrondissement", "title")
        )
        quartiers = quartiers_by_borough()
        boroughs = [page for page in pages if page.office.arrondissement_id]
        context |= {
            "boroughs": [
                {"page": page, "quartiers": quartiers.get(page.office.arrondissement_id, "")} for page in boroughs
            ],
            "central": [page for page in pages if not page.office.arrondissement_id],
        }
        return context


class OfficePage(SitePage):
    """One office: where, when, what for."""

    office = models.ForeignKey(Office, verbose_name=_("bureau"), on_delete=models.PROTECT, related_name="pages")

    template = "portal/office.html"
    parent_page_types = ["portal.OfficeIndexPage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("office"), FieldPanel("lead"), FieldPanel("body")]

    class Meta:
        verbose_name = _("page de bureau")
        verbose_name_plural = _("pages de bureau")

    def words(self) -> str:
        """The quarters of the borough are words to find its office by."""
        quartiers = Quartier.objects.filter(arrondissement=self.office.arrondissement_id)
        return " ".join([super().words(), self.office.name_fr, *quartiers.values_list("name", flat=True)])

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context |= {"week": week_of(self.office), "quartiers": []}
        if self.office.arrondissement_id:
            context["quartiers"] = Quartier.objects.filter(arrondissement=self.office.arrondissement_id)
        return context


def week_of(office: Office) -> list[dict[str, Any]]:
    """The week of an office, day by day; a day without opening is closed."""
    hours = hours_of(office)
    days = [*WORKING_WEEK, *(day for day in hours if day not in WORKING_WEEK)]
    return [{"day": WEEKDAYS[day], "openings": hours.get(day, [])} for day in days] if hours else []


def quartiers_by_borough() -> dict[int, str]:
    """Names of the quarters of each borough, to find one's office in the list (1 query)."""
    names: dict[int, list[str]] = {}
    for number, name in Quartier.objects.order_by("arrondissement", "name").values_list("arrondissement", "name"):
        names.setdefault(number, []).append(name)
    return {number: ", ".join(found) for number, found in names.items()}
