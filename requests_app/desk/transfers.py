"""What an office handed to others: where each request went, since when, and where it stands; nothing more of it."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from requests_app.desk import access
from requests_app.desk.desk import StaffRequest, show
from requests_app.models import Transfer

PAGE_ROWS = 50


@require_safe
def sent(request: StaffRequest, office: str) -> HttpResponse:
    """The newest first. The case itself is the other office's: neither its name nor its answers are shown here."""
    here = access.office(request.user, office)
    rows = Transfer.objects.filter(origin=here).select_related("case__version", "target", "by").order_by("-pk")
    after = request.GET.get("after", "")
    if after.isascii() and after.isdecimal():
        rows = rows.filter(pk__lt=int(after))
    shown = list(rows[: PAGE_ROWS + 1])
    context = {
        "office": here,
        "rows": shown[:PAGE_ROWS],
        "following": shown[PAGE_ROWS - 1].pk if len(shown) > PAGE_ROWS else "",
    }
    return show(request, "desk/transfers.html", context)
