"""Plain pages: legal notice, accessibility, personal data, about."""

from django.utils.translation import gettext_lazy as _

from portal.models.base import SitePage


class StandardPage(SitePage):
    """A page of text; outside the main menu it is linked from the foot of every page."""

    template = "portal/standard.html"
    parent_page_types = ["portal.HomePage", "portal.StandardPage"]
    subpage_types = ["portal.StandardPage"]

    class Meta:
        verbose_name = _("page simple")
        verbose_name_plural = _("pages simples")
