"""Small pieces the tests of the site put together."""

from typing import Any

from wagtail.models import Page

from requests_app.catalogue.models import Service, ServiceVersion


def add(parent: Page, page: Page) -> Any:
    """Put a live page under its parent."""
    parent.refresh_from_db()
    return parent.add_child(instance=page)


def version(service: Service, title: str, *, number: int = 1, **facts: Any) -> ServiceVersion:
    """A version of a service that the town hall only points to, unless `facts` say otherwise."""
    defaults = {
        "mode": "ORIENTATION",
        "fee_status": "TO_CONFIRM",
        "processing_status": "TO_CONFIRM",
        "summary_i18n": {"fr": "Une phrase.", "en": "A sentence."},
        "issuing_authority_i18n": {"fr": "ANIP", "en": "ANIP"},
    }
    return ServiceVersion.objects.create(
        service=service, number=number, title_i18n={"fr": title, "en": title}, **defaults | facts
    )
