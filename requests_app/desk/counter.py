"""Filing for a walk-in: choose the service, then the citizen's own short steps."""

from django.http import HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from requests_app import filing
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.forms import StartForm, filed_here
from requests_app.models import Channel
from requests_app.workflow import Refused


@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Choose what the walk-in asks for; the draft carries the counter as its channel."""
    desk = Desk(request.user)
    if not desk.offices:
        return show(request, "desk/nowhere.html", {"desk": desk}, status=HttpResponseForbidden.status_code)
    form = StartForm(request.POST or None)
    if form.is_valid():
        language = get_language() or "fr"
        service = form.cleaned_data["service"]
        try:
            draft = filing.start(service, language=language, channel=Channel.COUNTER, by=request.user)
            return redirect("requests:step", draft.token, 1)
        except Refused as closed:
            form.add_error("service", str(closed))
    return show(request, "desk/new.html", {"desk": desk, "form": form, "services": filed_here()})
