"""Labels: words an office puts on its cases to find them again. No act here moves a case or tells the citizen."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from arrondissements import journal, postings
from arrondissements.models import Office, Role, User
from requests_app import permissions
from requests_app.models import CaseLabel, Label, LabelTone, ServiceRequest
from requests_app.moving import Refused

MOST_ON_A_CASE = 8


@transaction.atomic
def put(case: ServiceRequest, label: Label, *, by: User) -> None:
    """Put a label of the office on a case; twice is once. Raises `PermissionDenied`, `Refused`."""
    _authorise(case, by)
    if not offered(case.office).filter(pk=label.pk).exists():
        raise Refused(_("Cette étiquette n’est plus proposée dans ce bureau."))
    if case.case_labels.exclude(label=label).count() >= MOST_ON_A_CASE:
        raise Refused(
            _("Cette demande porte déjà %(most)d étiquettes. Retirez-en une d’abord.") % {"most": MOST_ON_A_CASE}
        )
    _row, is_new = CaseLabel.objects.get_or_create(case=case, label=label, defaults={"by": by})
    if is_new:
        journal.record("case.label", obj=case.obj, by=by, office=case.office, details={"label": label.pk})


@transaction.atomic
def remove(case: ServiceRequest, label: Label, *, by: User) -> None:
    """Take a label off a case; what is not there is off already. Raises `PermissionDenied`."""
    _authorise(case, by)
    removed, _rows = CaseLabel.objects.filter(case=case, label=label).delete()
    if removed:
        journal.record("case.unlabel", obj=case.obj, by=by, office=case.office, details={"label": label.pk})


def offered(office: Office | None) -> QuerySet[Label]:
    """The labels that may be put on the cases of `office`: its own and those of all offices."""
    return Label.objects.filter(Q(office=office) | Q(office=None), is_active=True)


def names_on(cases: Iterable[ServiceRequest]) -> dict[int, list[tuple[str, str]]]:
    """The labels of each case that has some: (name, tone). 1 query."""
    found: dict[int, list[tuple[str, str]]] = {}
    on = CaseLabel.objects.filter(case__in=[case.pk for case in cases]).order_by("label__name")
    for case, name, tone in on.values_list("case", "label__name", "label__tone"):
        found.setdefault(case, []).append((name, tone))
    return found


@transaction.atomic
def create(office: Office, *, by: User, name: str, tone: str = LabelTone.NEUTRAL) -> Label:
    """A new label of an office, for who heads it. Raises `PermissionDenied`, `Refused`."""
    _authorise_head(office, by)
    label = Label(office=office, name=_free_name(office, name), tone=tone)
    _save(label)
    journal.record("label.created", obj=f"label:{label.pk}", by=by, office=office)
    return label


@transaction.atomic
def change(label: Label, *, by: User, name: str, tone: str) -> None:
    """Another name or colour, on every case that bears it. Raises `PermissionDenied`, `Refused`."""
    _authorise_head(label.office, by)
    label.name, label.tone = _free_name(label.office, name, but=label), tone
    _save(label)
    journal.record("label.edited", obj=f"label:{label.pk}", by=by, office=label.office)


@transaction.atomic
def retire(label: Label, *, by: User, back: bool = False) -> None:
    """Offer a label no more, or again (`back`); the cases that bear it keep it. Raises `PermissionDenied`."""
    _authorise_head(label.office, by)
    if Label.objects.filter(pk=label.pk, is_active=not back).update(is_active=back):
        act = "label.offered_again" if back else "label.retired"
        journal.record(act, obj=f"label:{label.pk}", by=by, office=label.office)


def _authorise(case: ServiceRequest, by: User) -> None:
    if not permissions.can_perform(by, "label", case):
        raise PermissionDenied


def _authorise_head(office: Office | None, by: User) -> None:
    if office is None or not postings.serves(by, office, Role.SUPERVISOR):
        raise PermissionDenied


def _free_name(office: Office | None, name: str, but: Label | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Écrivez le nom de l’étiquette."))
    same = Label.objects.filter(Q(office=office) | Q(office=None), name__iexact=name)
    if any(label != but for label in same):
        raise Refused(_("Cette étiquette existe déjà."))
    return name


def _save(label: Label) -> None:
    try:
        with transaction.atomic():
            label.save()
    except IntegrityError:
        raise Refused(_("Cette étiquette existe déjà.")) from None
