"""The day of an office on one screen, and its file for a spreadsheet."""

from django.core.cache import cache
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from arrondissements import journal
from arrondissements.models import Office
from requests_app import queues
from requests_app.catalogue.models import Service
from requests_app.desk import access
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.forms import LookForm
from requests_app.desk.queue_rows import row
from requests_app.queues import Group, Looked
from requests_app.states import State

LAST_OFFICE = "desk_office"
SERVICES_KEPT = 300  # seconds
SHOWN_FIRST = [Group.LATE, Group.TODAY, Group.NEW, Group.RETURNED]
SHOWN_NEXT = [Group.UNREAD, Group.TO_SIGN, Group.WAITING, Group.READY]


@require_safe
def queue(request: StaffRequest, office: str = "") -> HttpResponse:
    """The queue of an office served today; without a code, the one last looked at.

    7 queries: session, user, device, postings, delegations, counts, rows (1 more where the promised cases end).
    """
    desk = Desk(request.user)
    if not desk.offices:
        return redirect("desk:sign") if desk.may_sign else show(request, "desk/nowhere.html", {"desk": desk})
    here = access.served(desk.offices, office) if office else _last_office(request, desk)
    if request.session.get(LAST_OFFICE) != here.code:  # a page merely seen again writes nothing
        request.session[LAST_OFFICE] = here.code
    form = LookForm(request.GET)
    looked = form.looked()
    cases = queues.cases_of(here, looked, request.user)
    page = queues.page(cases, queues.Place.read(request.GET.get("after", "")))
    context = {
        "desk": desk,
        "office": here,
        "looked": looked,
        "filtered": bool(looked.text or looked.state or looked.service),
        "rows": [row(case) for case in page.rows],
        "following": _address(looked, after=page.following) if page.following else "",
        "is_first_page": "after" not in request.GET,
        "services": _services(),
        "states": [(state.value, state.label) for state in State if state != State.DRAFT],
        "may_export": looked.group != Group.TRIALS and desk.serves_as(here, *access.MAY_EXPORT),
        "export_query": _address(looked).removeprefix("?"),
        **_counters(desk, here, looked),
    }
    return show(request, "desk/queue.html", context)


@require_safe
def export(request: StaffRequest, office: str) -> StreamingHttpResponse:
    """The queue as filtered, for a spreadsheet; taking names away is written in the journal."""
    here = access.exportable(request.user, office)
    looked = LookForm(request.GET).looked()
    if looked.group == Group.TRIALS:
        raise Http404
    journal.record_reading(obj=f"queue:{here.code}", by=request.user, office=here, reason="export")
    lines = queues.export(queues.cases_of(here, looked, request.user), get_language() or "fr")
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"{slugify(here.code)}-{timezone.localdate().isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _last_office(request: StaffRequest, desk: Desk) -> Office:
    last = request.session.get(LAST_OFFICE)
    return next((office for office in desk.offices if office.code == last), desk.offices[0])


def _counters(desk: Desk, here: Office, looked: Looked) -> dict[str, object]:
    counts = queues.counts(desk.offices, desk.user, desk.powers)
    own = counts[here.pk]
    plain = not (looked.text or looked.state)

    def counter(group: Group) -> dict[str, object]:
        return {
            "group": group.value.lower(),
            "label": group.label,
            "count": own.get(group, 0),
            "url": _address(Looked(group, looked.service)),
            "current": plain and looked.group == group,
        }

    return {
        "open": counter(Group.OPEN),
        "first": [counter(group) for group in SHOWN_FIRST],
        "next": [counter(group) for group in SHOWN_NEXT if group != Group.TO_SIGN or desk.may_sign],
        "trials": counter(Group.TRIALS),
        "others": [
            {"office": other, "open": counts[other.pk][Group.OPEN], "late": counts[other.pk][Group.LATE]}
            for other in desk.offices
        ],
    }


def _address(looked: Looked, after: str = "") -> str:
    asked = {
        "group": looked.group if looked.group != Group.OPEN else "",
        "service": looked.service,
        "state": looked.state,
        "q": looked.text,
        "after": after,
    }
    return "?" + urlencode({name: value for name, value in asked.items() if value})


def _services() -> list[tuple[str, str]]:
    """The services of the filter, kept a few minutes: they change when the town hall publishes one."""
    key = f"desk:services:{get_language()}"
    if (known := cache.get(key)) is None:
        known = _published_services()
        cache.set(key, known, SERVICES_KEPT)
    return known


def _published_services() -> list[tuple[str, str]]:
    rows = Service.objects.exclude(current=None).exclude(current__mode="ORIENTATION").select_related("current")
    return [
        (service.slug, service.current.title)
        for service in rows.only("slug", "current__title_i18n")
        if service.current is not None
    ]
