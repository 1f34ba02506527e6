"""One's own views of the queue: kept from the queue, renamed and erased on their page."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from requests_app import saved_views
from requests_app.desk import access, queue_address, queue_lists
from requests_app.desk.desk import StaffRequest, show
from requests_app.workflow import Refused


@require_safe
def views(request: StaffRequest) -> HttpResponse:
    """The views with what they show."""
    return show(request, "desk/views.html", {"rows": list(saved_views.of(request.user))})


@require_POST
def keep(request: StaffRequest) -> HttpResponse:
    """Keep what the queue shows; an address is kept as the queue itself writes it."""
    query = queue_address.read(QueryDict(request.POST.get("query", ""))).query()
    try:
        view = saved_views.keep(request.user, name=request.POST.get("name", ""), query=query)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        queue_lists.read_views(request.session, request.user)
        messages.success(request, _("La vue « %(name)s » est gardée.") % {"name": view.name})
    return redirect(f"{reverse('desk:queue')}?{query}")


@require_POST
def rename(request: StaffRequest, pk: int) -> HttpResponse:
    """Another name for a view of one's own, or 404."""
    view = access.own_view(request.user, pk)
    try:
        saved_views.rename(view, name=request.POST.get("name", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        queue_lists.read_views(request.session, request.user)
        messages.success(request, _("La vue s’appelle maintenant « %(name)s ».") % {"name": view.name})
    return redirect("desk:views")


@require_POST
def erase(request: StaffRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own, or 404; the requests it showed stay."""
    access.own_view(request.user, pk).delete()
    queue_lists.read_views(request.session, request.user)
    messages.success(request, _("La vue est effacée. Les demandes restent."))
    return redirect("desk:views")
