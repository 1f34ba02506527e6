"""What has not left yet: messages and files waiting, failing or given up."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arrondissements import outbox as outbox_room
from requests_app.desk import access
from requests_app.desk.desk import StaffRequest, show

PAGE_ROWS = 50


@require_safe
def outbox(request: StaffRequest) -> HttpResponse:
    """The oldest first. Neither number nor words: those who look after the machine need none. 7 queries."""
    rows = access.outbox(request.user).order_by("created_at", "pk")
    waiting = list(rows.defer("payload")[: PAGE_ROWS + 1])
    return show(request, "desk/outbox.html", {"rows": waiting[:PAGE_ROWS], "more": len(waiting) > PAGE_ROWS})


@require_POST
def retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Try one message again now."""
    message = get_object_or_404(access.outbox(request.user), pk=pk)
    outbox_room.retry(message.pk, by=request.user)
    messages.success(request, _("Nouvel essai demandé. Il part dans les secondes qui viennent."))
    return redirect("desk:outbox")
