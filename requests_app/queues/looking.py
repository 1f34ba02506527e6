"""What somebody wants to see of a queue: a group, filters, or the number, phone or name he types."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from arrondissements.codes import MalformedCode, clean_code
from arrondissements.models import Office, User
from arrondissements.spelling import fold, openings, sounds
from civil_status.documents.models import IssuedDocument
from requests_app.catalogue.inputs import with_01
from requests_app.indexing import number_keys
from requests_app.models import REFERENCE_SYMBOLS, SearchKey, ServiceRequest
from requests_app.permissions import HELPED_STATES
from requests_app.queues.groups import Group, in_group
from requests_app.states import State

ME, NOBODY = "me", "nobody"
MOST_KEYS = 6
# Two letters begin the names of a third of a town: whoever wants an older case types one letter more.
MOST_BEGUN = 500
PHONE = re.compile(r"[+\d][\d\s.()/-]{7,}")
RECORD = re.compile(r"\d+\s*/\s*(?:19|20)\d\d")  # « 1187/1998 », which has the figures of an old phone number
NUMBERS = re.compile(r"\d+\s?(?:bis|ter)?\b|\d+[a-z]?\b")
YEAR = re.compile(r"(?:19|20)\d\d")
# Said around the number of a record; never the name of anybody who also gives a number.
SAID_AROUND = {"acte", "de", "du", "n", "no", "numero", "annee", "registre"}
AFTER_ALL_LETTERS = "zzzz"
FOUND = "found"


@dataclass(frozen=True)
class Looked:
    """What to see. `text` is a reference, a phone number, the number of a record or of a document, or a name.

    `days`: filed more than so many days ago; `label`: its id; `assigned`: `ME`, `NOBODY` or a login.
    """

    group: str = Group.OPEN
    service: str = ""
    state: str = ""
    text: str = ""
    days: int | None = None
    channel: str = ""
    label: int | None = None
    assigned: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether more than a group was asked for."""
        return self != Looked(self.group)


def cases_of(office: Office, looked: Looked, user: User) -> QuerySet[ServiceRequest]:
    """The cases of `office` that `looked` describes. A text is looked for whatever the state.

    What is found by names or numbers bears the relation `found`, whose days are read in order from the index.
    At most 2 small queries, to tell what the text is.
    """
    is_trial = looked.group == Group.TRIALS
    here = Q(office=office)
    if looked.group == Group.MINE and not looked.text:
        # On one's own desk, while one's office helps another: the office of another is otherwise nobody's to list.
        here |= Q(helping_office=office, state__in=HELPED_STATES, assigned_to=user.pk)
    cases = ServiceRequest.objects.filter(here, is_trial=is_trial).exclude(state=State.DRAFT)
    cases = _filtered(cases, looked, user)
    if looked.text:
        cases = _matching(cases, office, looked.text)
    if looked.state:
        return cases.filter(state=looked.state)
    if looked.text:
        return cases
    return cases.filter(in_group(looked.group, user))


def is_found(cases: QuerySet[ServiceRequest]) -> bool:
    """Whether the cases were found by names or numbers, and so bear `found`."""
    return FOUND in getattr(cases.query, "_filtered_relations", {})


def _filtered(cases: QuerySet[ServiceRequest], looked: Looked, user: User) -> QuerySet[ServiceRequest]:
    if looked.service:
        cases = cases.filter(version__service__slug=looked.service)
    if looked.days is not None:
        cases = cases.filter(submitted_at__lt=timezone.now() - datetime.timedelta(days=looked.days))
    if looked.channel:
        cases = cases.filter(channel=looked.channel)
    if looked.label is not None:
        cases = cases.filter(case_labels__label=looked.label)  # once per case: no row comes twice
    if looked.assigned:
        person = {ME: Q(assigned_to=user.pk), NOBODY: Q(assigned_to=None)}
        cases = cases.filter(person.get(looked.assigned, Q(assigned_to__username=looked.assigned)))
    return cases


def _matching(cases: QuerySet[ServiceRequest], office: Office, text: str) -> QuerySet[ServiceRequest]:
    if reference := _reference(text):
        return cases.filter(reference=reference)
    if PHONE.fullmatch(text) and not RECORD.fullmatch(text):
        number = with_01(text)
        written = [number, f"+229{number}", f"+{number}"]
        return cases.filter(Q(phone__in=written) | Q(helper_phone__in=written))
    if documents := _documents(text):
        return cases.filter(document__in=documents)
    return _found(cases, office, text)


def _reference(text: str) -> str:
    try:
        code = clean_code(text, REFERENCE_SYMBOLS)
    except MalformedCode:
        return ""
    # One name of nine letters in thirty also reads as a reference.
    is_one = any(c.isdigit() for c in text) or ServiceRequest.objects.filter(reference=code).exists()
    return code if is_one else ""


def _documents(text: str) -> list[int]:
    """The document whose whole number was typed, with or without « N° »."""
    number = re.sub(r"\s", "", text).upper()
    if "/" not in number:
        return []
    return list(IssuedDocument.objects.filter(number__in=[number, f"N°{number}"]).values_list("pk", flat=True))


def _found(cases: QuerySet[ServiceRequest], office: Office, text: str) -> QuerySet[ServiceRequest]:
    """Every name and number of the text; the last name may be only begun."""
    names, numbers = _names(text), _numbers(text)
    keys = [*numbers, *names][:MOST_KEYS]
    if not keys:
        return cases.none()
    here = SearchKey.objects.filter(office=office)
    if not numbers and names and not here.filter(key=names[-1]).exists():
        *whole, _begun = names
        return _begun_name(cases, office, whole, openings(text.split()[-1]))
    first, *others = keys
    cases = _with_all(cases, office, others)
    found = Q(search_keys__office=office, search_keys__key=first)
    return cases.annotate(found=FilteredRelation("search_keys", condition=found)).filter(found__key=first)


def _begun_name(
    cases: QuerySet[ServiceRequest], office: Office, whole: Sequence[str], beginnings: Sequence[str]
) -> QuerySet[ServiceRequest]:
    if not beginnings:
        return cases.none()
    begun = Q()
    for beginning in beginnings:
        begun |= Q(key__gte=beginning, key__lte=beginning + AFTER_ALL_LETTERS)
    beginners = SearchKey.objects.filter(begun, office=office)
    for key in whole:
        beginners = beginners.filter(Exists(SearchKey.objects.filter(case=OuterRef("case"), office=office, key=key)))
    # A subquery and no join: two names of one person may begin alike.
    newest = beginners.order_by("-submitted_at", "-case").values("case")[:MOST_BEGUN]
    return cases.filter(pk__in=newest)


def _with_all(cases: QuerySet[ServiceRequest], office: Office, keys: Sequence[str]) -> QuerySet[ServiceRequest]:
    for key in keys:
        cases = cases.filter(Exists(SearchKey.objects.filter(case=OuterRef("pk"), office=office, key=key)))
    return cases


def _names(text: str) -> list[str]:
    """The names of a text as heard; an initial helps nobody, but where it is all there is."""
    if any(c.isdigit() for c in text):
        text = " ".join(word for word in re.findall(r"[a-z]+", fold(text)) if word not in SAID_AROUND)
    names = sounds(text)
    return [name for name in names if len(name) > 1] or names


def _numbers(text: str) -> list[str]:
    """The key of the number in a text: « 1187 », « acte 12 bis », « n° 1187/1998 »."""
    numbers = NUMBERS.findall(fold(text))
    if not numbers:
        return []
    number, *years = numbers
    year = next((year for year in years if YEAR.fullmatch(year)), "")
    return number_keys(number, year)[-1:]
