"""What changes a draft or a service from the workshop; views only call these."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext
from wagtail import hooks

from arrondissements import journal
from arrondissements.models import User
from requests_app.catalogue import portable, publishing, scheduling
from requests_app.catalogue.builder import convert
from requests_app.catalogue.builder.faults import address_faults
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.faults import Fault
from requests_app.catalogue.lint import Remark
from requests_app.catalogue.models import ScheduledPublication, Service, ServiceVersion
from requests_app.catalogue.schema import DefinitionError

# What the service itself says, beside its versions.
ATTRIBUTES = ("life_event", "order", "is_listed")


def can_publish(user: Any) -> bool:
    """Whoever designs services publishes, retires and reopens them; an editor only writes."""
    return bool(user.has_perm("catalogue.publish_service"))


def refuse_unless_designer(user: User) -> None:
    """Raises PermissionDenied with its sentence."""
    if not can_publish(user):
        raise PermissionDenied(
            gettext("Vous pouvez écrire cette démarche, mais pas la publier : demandez à un concepteur de démarches.")
        )


@transaction.atomic
def open_draft(service: Service) -> ServiceDraft:
    """The draft of a service, made from its version in force the first time."""
    draft = ServiceDraft.objects.select_for_update().filter(service=service).first()
    if draft is None:
        draft = ServiceDraft(service=service)
        write_over(draft, service)
    return draft


def write_over(draft: ServiceDraft, service: Service) -> None:
    """Make the draft say what the service says now, and keep it."""
    draft.slug, draft.based_on = service.slug, service.current
    for name in ATTRIBUTES:
        setattr(draft, name, getattr(service, name))
    if service.current:
        convert.fill(draft, publishing.definition_of(service.current))
    draft.save()
    draft.save_revision()


def open_all() -> int:
    """Every service has its draft, and a draft nobody touched follows its service; return how many were written."""
    written = 0
    for service in Service.objects.select_related("current", "draft__based_on"):
        draft = getattr(service, "draft", None)
        if draft is None:
            open_draft(service)
            written += 1
        elif draft.based_on_id != service.current_id and is_untouched(draft):
            write_over(draft, service)
            written += 1
    return written


def is_untouched(draft: ServiceDraft) -> bool:
    """Whether the draft says exactly what the version it began with says."""
    before = publishing.definition_of(draft.based_on) if draft.based_on else None
    return before == publishing.complete(convert.definition_of(draft))


@transaction.atomic
def service_of(draft: ServiceDraft) -> Service:
    """The service of the draft, created when it is tried or published for the first time; citizens see nothing yet.

    Raises DefinitionError when its address is not free.
    """
    if draft.service is None:
        refuse_address(draft)
        facts = {name: getattr(draft, name) for name in ATTRIBUTES}
        draft.service = Service.objects.create(slug=draft.slug, **facts)
        ServiceDraft.objects.filter(pk=draft.pk).update(service=draft.service)
    return draft.service


def refuse_address(draft: ServiceDraft) -> None:
    refused = [Fault("slug", fault.sentence) for fault in address_faults(draft)]
    if refused:
        raise DefinitionError(refused)


@transaction.atomic
def publish(draft: ServiceDraft, *, by: User) -> ServiceVersion | None:
    """Make the draft the version in force; None when only the place in the list changed.

    Raises PermissionDenied, DefinitionError, AlreadyPublished.
    """
    refuse_unless_designer(by)
    service = service_of(draft)
    rearranged = rearrange(service, draft, by)
    try:
        version = publishing.publish_definition(service, convert.definition_of(draft), by=by)
    except publishing.AlreadyPublished:
        if rearranged:
            return None
        raise
    announce(draft, service, by)
    draft.based_on = version
    ServiceDraft.objects.filter(pk=draft.pk).update(based_on=version)
    return version


def rearrange(service: Service, draft: ServiceDraft, by: User) -> bool:
    """Write where the service stands in the lists; whether something changed."""
    changed = [name for name in ATTRIBUTES if getattr(service, name) != getattr(draft, name)]
    if changed:
        Service.objects.filter(pk=service.pk).update(**{name: getattr(draft, name) for name in changed})
        journal.record("service.rearranged", obj=f"service:{service.pk}", by=by, details={"columns": changed})
    return bool(changed)


@transaction.atomic
def schedule(draft: ServiceDraft, *, at: datetime.datetime, by: User) -> ScheduledPublication:
    """Keep the draft as it is now for an hour to come. Raises PermissionDenied, DefinitionError, NotSchedulable."""
    refuse_unless_designer(by)
    service = service_of(draft)
    ahead = scheduling.schedule(service, convert.definition_of(draft), at=at, by=by)
    announce(draft, service, by)
    return ahead


def announce(draft: ServiceDraft, service: Service, by: User) -> None:
    """Tell whoever keeps pages about services (Wagtail hook `service_comes`): this room knows no page."""
    titles = {"fr": draft.title_fr, "en": draft.title_en}
    for told in hooks.get_hooks("service_comes"):
        told(service, titles, by)


def remarks_on_pages(service: Service) -> list[Remark]:
    """What whoever keeps pages has to say of those of a service (Wagtail hook `service_remarks`)."""
    return [remark for looked in hooks.get_hooks("service_remarks") for remark in looked(service)]


@transaction.atomic
def cancel_schedule(draft: ServiceDraft, *, by: User) -> None:
    """Forget the publication that waits for its hour. Raises PermissionDenied, NotSchedulable."""
    refuse_unless_designer(by)
    ahead = scheduling.ahead_of(draft.service) if draft.service else None
    if ahead is None:
        raise scheduling.NotSchedulable(gettext("Aucune publication n’est programmée."))
    scheduling.cancel(ahead, by=by)


@transaction.atomic
def retire(draft: ServiceDraft, *, on: datetime.date, message: dict[str, str], by: User) -> None:
    """Nobody begins the service after the day `on`. Raises PermissionDenied, ValidationError."""
    refuse_unless_designer(by)
    if draft.service:
        publishing.retire(draft.service, on=on, message=message, by=by)


@transaction.atomic
def reopen(draft: ServiceDraft, *, by: User) -> None:
    """Citizens may begin again. Raises PermissionDenied."""
    refuse_unless_designer(by)
    if draft.service:
        publishing.reopen(draft.service, by=by)


@transaction.atomic
def trial(draft: ServiceDraft, *, by: User) -> ServiceVersion:
    """The version without number that says what the draft says. Raises DefinitionError."""
    return publishing.trial_version(service_of(draft), convert.definition_of(draft), by=by)


@transaction.atomic
def duplicate(draft: ServiceDraft, *, by: User) -> ServiceDraft:
    """A new service that begins like this one, without its address."""
    copy = ServiceDraft()
    convert.fill(copy, convert.definition_of(draft))
    for name in ATTRIBUTES:
        setattr(copy, name, getattr(draft, name))
    copy.title_fr = gettext("%(title)s (copie)") % {"title": draft.title_fr}
    copy.title_en = f"{draft.title_en} (copy)"
    copy.save()
    copy.save_revision(user=by)
    return copy


def as_file(draft: ServiceDraft) -> dict[str, Any]:
    """The draft as another town hall can load it; nothing of this town's tables is in it."""
    service = Service(slug=draft.slug, life_event=draft.life_event, order=draft.order)
    return portable.as_file(service, convert.definition_of(draft))


class DraftThere(Exception):
    """A draft that was never published bears the name of the file already; `sentence` says what to do."""

    def __init__(self, draft: ServiceDraft) -> None:
        self.sentence = gettext(
            "Un brouillon jamais publié porte déjà l’adresse « %(slug)s » : « %(title)s ». Rien n’est importé. "
            "Demandez à le remplacer, ou donnez une autre adresse à l’un des deux."
        ) % {"slug": draft.slug, "title": str(draft)}
        super().__init__(self.sentence)


@transaction.atomic
def load(imported: portable.Imported, *, by: User | None, replace: bool = False) -> ServiceDraft:
    """Write what a file says into the draft of the service that has its name, or into a new one.

    The state before stays in the history of the draft. Raises `DraftThere` when a draft without a service has the
    name and nobody asked to `replace` it.
    """
    if imported.existing:
        draft = open_draft(imported.existing)
    else:
        there = ServiceDraft.objects.select_for_update().filter(service=None, slug=imported.slug)
        found = there.order_by("-updated_at", "-pk").first()
        if found and not replace:
            raise DraftThere(found)
        draft = found or ServiceDraft(slug=imported.slug)
    draft.life_event = imported.life_event
    convert.fill(draft, imported.definition)
    draft.save()
    draft.save_revision(user=by)
    return draft
