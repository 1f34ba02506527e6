"""Wagtail pages of the public site: what an editor writes. Facts about services and offices stay in their own rooms."""

from portal.models.base import SearchText, SitePage
from portal.models.home import HomePage
from portal.models.news import NewsIndexPage, NewsPage
from portal.models.notices import Notice
from portal.models.offices import OfficeIndexPage, OfficePage
from portal.models.services import ServiceIndexPage, ServicePage
from portal.models.standard import StandardPage

__all__ = [
    "HomePage",
    "NewsIndexPage",
    "NewsPage",
    "Notice",
    "OfficeIndexPage",
    "OfficePage",
    "SearchText",
    "ServiceIndexPage",
    "ServicePage",
    "SitePage",
    "StandardPage",
]
