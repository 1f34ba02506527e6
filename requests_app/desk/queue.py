"""The day of an office on one screen, and its file for a spreadsheet."""

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from arrondissements import journal, sheets
from arrondissements.models import Office
from requests_app import labelling, permissions, queues
from requests_app.desk import access, queue_address, queue_lists
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.queue_address import Look
from requests_app.desk.queue_rows import rows
from requests_app.models import BatchAct, Channel
from requests_app.queues import Group
from requests_app.states import State
from requests_app.teamwork.row_acts import ROW_ACTS

# What may be ordered for many lines at once; the signature has its own list.
ORDERED = {name: act.button for name, act in ROW_ACTS.items() if name != BatchAct.ISSUE}
LAST_OFFICE = "desk_office"
SHOWN_FIRST = [Group.LATE, Group.TODAY, Group.NEW, Group.RETURNED]
SHOWN_NEXT = [Group.MINE, Group.UNREAD, Group.ACCEPTED, Group.TO_SIGN, Group.WAITING, Group.READY]
HEADINGS: list[tuple[str, str | Promise]] = [
    ("filed", _("Numéro et dépôt")),
    ("service", _("Démarche")),
    ("name", _("Demandeur")),
    ("state", _("État")),
    ("due", _("Promise pour le")),
    ("person", _("Attribuée à")),
]


@require_safe
def queue(request: StaffRequest, office: str = "") -> HttpResponse:
    """The queue of an office served today; without a code, the one last looked at.

    8 queries: session, user, device, postings, delegations, counts, rows, labels; 1 more where the promised cases
    end, 1 or 2 to tell what was typed, and 1 for an auditor, who looks at every office.
    """
    desk = Desk(request.user)
    if not desk.seen:
        return redirect("desk:sign") if desk.may_sign else show(request, "desk/nowhere.html", {"desk": desk})
    here = access.served(desk.seen, office) if office else _last_office(request, desk)
    if request.session.get(LAST_OFFICE) != here.code:  # a page merely seen again writes nothing
        request.session[LAST_OFFICE] = here.code
    look = queue_address.read(request.GET)
    looked = look.looked
    cases = queues.cases_of(here, looked, request.user)
    order = queues.order_named(look.sort, cases)
    page = queues.page(cases, queues.Place.read(request.GET.get("after", ""), order), order=order)
    lists = queue_lists.of(here)
    labels = labelling.names_on(page.rows) if lists.are_labelled else {}
    may_order = desk.serves_as(here, *permissions.INSTRUCTING)
    context = {
        "desk": desk,
        "office": here,
        "looked": looked,
        "sort": look.sort,
        "filtered": looked.is_narrowed,
        "more_filters": bool(looked.days is not None or looked.channel or looked.label or looked.assigned),
        "rows": rows(page.rows, labels, timezone.localdate(), ticks=may_order),
        "acts": ORDERED if may_order else {},
        "headings": _headings(look),
        "following": look.address(after=page.following) if page.following else "",
        "is_first_page": "after" not in request.GET,
        "lists": lists,
        "views": queue_lists.views(request.session, request.user),
        "states": [(state.value, state.label) for state in State if state != State.DRAFT],
        "channels": Channel.choices,
        "may_export": looked.group != Group.TRIALS and desk.serves_as(here, *access.MAY_EXPORT),
        "query": look.query(),
        **_counters(desk, here, look),
    }
    return show(request, "desk/queue.html", context)


@require_safe
def export(request: StaffRequest, office: str, kind: str = "csv") -> StreamingHttpResponse:
    """The queue as filtered and sorted, for a spreadsheet; taking names away is written in the journal."""
    here = access.exportable(request.user, office)
    look = queue_address.read(request.GET)
    if look.looked.group == Group.TRIALS:
        raise Http404
    journal.record_reading(obj=f"queue:{here.code}", by=request.user, office=here, reason="export")
    cases = queues.cases_of(here, look.looked, request.user)
    order, language = queues.order_named(look.sort, cases), get_language() or "fr"
    if kind == "xlsx":
        parts = queues.export_sheet(cases, language, here.code, order)
        response = StreamingHttpResponse(parts, content_type=sheets.XLSX_TYPE)
    else:
        lines = queues.export(cases, language, order)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"{slugify(here.code)}-{timezone.localdate().isoformat()}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _last_office(request: StaffRequest, desk: Desk) -> Office:
    last = request.session.get(LAST_OFFICE)
    return next((office for office in desk.seen if office.code == last), desk.seen[0])


def _headings(look: Look) -> list[dict[str, object]]:
    """Each column: its words, the address that sorts by it, and how it is sorted now (`aria-sort`)."""
    now = {look.sort.removeprefix("-"): "descending" if look.sort.startswith("-") else "ascending"}
    return [{"label": label, "url": look.sorted_by(name), "now": now.get(name)} for name, label in HEADINGS]


def _counters(desk: Desk, here: Office, look: Look) -> dict[str, object]:
    # An auditor looks at every office: only the one on the screen is counted for him.
    counted = [here] if desk.audits else desk.offices
    counts = queues.counts(counted, desk.user, desk.powers)
    own = counts[here.pk]
    plain = not (look.looked.text or look.looked.state)

    def counter(group: Group) -> dict[str, object]:
        return {
            "group": group.value.lower(),
            "label": group.label,
            "count": own.get(group, 0),
            "url": look.of_group(group),
            "current": plain and look.looked.group == group,
        }

    return {
        "open": counter(Group.OPEN),
        "first": [counter(group) for group in SHOWN_FIRST],
        "next": [counter(group) for group in SHOWN_NEXT if group != Group.TO_SIGN or desk.may_sign],
        "trials": counter(Group.TRIALS),
        "others": [
            {
                "office": other,
                "open": counts[other.pk][Group.OPEN] if other.pk in counts else None,
                "late": counts[other.pk][Group.LATE] if other.pk in counts else 0,
            }
            for other in desk.seen
        ],
    }
