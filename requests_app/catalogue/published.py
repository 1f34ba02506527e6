"""The versions in force and those before, as filing reads them: published, hence frozen by the database, hence kept."""

from django.core.cache import cache

from requests_app.catalogue.models import ServiceVersion

KEPT = 300  # seconds; only the name of its service in addresses may change


def version_with_service(pk: int) -> ServiceVersion:
    """The version of this id with its service. No query when it was read a few minutes ago.

    Most of a case's row is its version's form and prose: read once here, not at each filing. An unpublished
    version may still change and is read each time. Raises `ServiceVersion.DoesNotExist`.
    """
    key = f"service_version:{pk}"
    version: ServiceVersion | None = cache.get(key)
    if version is None:
        version = ServiceVersion.objects.select_related("service").get(pk=pk)
        if version.is_published:
            cache.set(key, version, KEPT)
    return version
