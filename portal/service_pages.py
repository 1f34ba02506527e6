"""A published service has its page, in each language: without one nobody would find it."""

import uuid

from django.utils.text import slugify
from wagtail.models import Locale

from arrondissements.models import User
from portal import navigation
from portal.models import ServiceIndexPage, ServicePage
from requests_app.catalogue.models import Service


def offer(service: Service, titles: dict[str, str], *, by: User | None) -> list[ServicePage]:
    """Create the pages that are missing, live, under the list of services of each language; return the new ones.

    They show what the catalogue says; an editor adds words when he likes. A page that exists is left alone, even
    unpublished: somebody decided it.
    """
    existing = ServicePage.objects.filter(service=service)
    first = existing.first()
    key = first.translation_key if first else uuid.uuid4()
    taken = set(existing.values_list("locale_id", flat=True))
    made = []
    for index in ServiceIndexPage.objects.exclude(locale__in=taken).order_by("path"):
        made.append(_create(index, service, titles, key, by))
        taken.add(index.locale_id)
    if made:
        navigation.forget()
    return made


def _create(
    index: ServiceIndexPage, service: Service, titles: dict[str, str], key: uuid.UUID, by: User | None
) -> ServicePage:
    language = Locale.objects.get(pk=index.locale_id).language_code
    title = titles.get(language) or titles.get("fr") or service.slug
    slug = service.slug if language == "fr" else slugify(title)
    page = ServicePage(
        title=title, service=service, locale_id=index.locale_id, translation_key=key, slug=_free(index, slug)
    )
    index.add_child(instance=page)
    page.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    return page


def _free(index: ServiceIndexPage, wanted: str) -> str:
    """`wanted`, or `wanted-2`… when a neighbour has it."""
    neighbours = set(index.get_children().values_list("slug", flat=True))
    slug, times = wanted, 1
    while slug in neighbours:
        times += 1
        slug = f"{wanted}-{times}"
    return slug
