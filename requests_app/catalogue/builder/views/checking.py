"""Before and around a publication: what is missing, what could be better, what changes, and the buttons."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from requests_app.catalogue import difference, lint, publishing, scheduling
from requests_app.catalogue.builder import acts, convert, faults
from requests_app.catalogue.builder.views.base import DraftPage
from requests_app.catalogue.publishing import AlreadyPublished
from requests_app.catalogue.scheduling import NotSchedulable
from requests_app.catalogue.schema import DefinitionError


class ScheduleForm(forms.Form):
    """When the draft, as it is now, comes into force."""

    at = forms.DateTimeField(label=_("Date et heure"), widget=AdminDateTimeInput)


class RetireForm(forms.Form):
    """From when nobody begins the service any more, and what is read then."""

    on = forms.DateField(label=_("Dernier jour"), widget=AdminDateInput)
    fr = forms.CharField(label=_("Ce qu’on lit ensuite (français)"), max_length=300)
    en = forms.CharField(label=_("Ce qu’on lit ensuite (anglais)"), max_length=300)


FORMS: dict[str, type[forms.Form]] = {"schedule": ScheduleForm, "retire": RetireForm}


class Unfinished(Exception):
    """A form beside its button is to be corrected; its errors say why."""


class CheckView(DraftPage):
    """One page to judge a draft and to act on its service."""

    page_title = _("Vérifier et publier")
    template_name = "catalogue/builder/check.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the button says; a refusal is a sentence, beside what was typed when something was."""
        acted: Callable[[], HttpResponse | None] | None = {
            "publish": self.publish,
            "schedule": self.schedule,
            "cancel": self.cancel,
            "retire": self.retire,
            "reopen": self.reopen,
            "trial": self.trial,
        }.get(request.POST.get("act", ""))
        try:
            answer = acted() if acted else None
        except Unfinished:
            return self.render_to_response(self.get_context_data(), status=422)
        except PermissionDenied as refusal:
            messages.error(request, str(refusal))
        except DefinitionError:
            messages.error(request, gettext("La démarche n’est pas encore complète : rien n’a changé."))
        except (AlreadyPublished, NotSchedulable) as refusal:
            messages.warning(request, str(refusal))
        else:
            return answer or self.here()
        return self.here()

    # -- The buttons ------------------------------------------------------------------------------

    def publish(self) -> None:
        version = acts.publish(self.object, by=self.by)
        if version is None:
            self.done(gettext("La place de la démarche dans les listes a changé ; sa version reste la même."))
        else:
            sentence = gettext("La version %(number)d est publiée : les nouvelles demandes la suivent.")
            self.done(sentence % {"number": version.number})

    def schedule(self) -> None:
        form = self.filled("schedule")
        try:
            ahead = acts.schedule(self.object, at=form.cleaned_data["at"], by=self.by)
        except NotSchedulable as refusal:
            form.add_error("at", str(refusal))
            raise Unfinished from refusal
        when = timezone.localtime(ahead.go_live_at)
        self.done(gettext("La publication est programmée pour le %(when)s.") % {"when": f"{when:%d/%m/%Y %H:%M}"})

    def cancel(self) -> None:
        acts.cancel_schedule(self.object, by=self.by)
        self.done(gettext("La publication programmée est annulée."))

    def retire(self) -> None:
        form = self.filled("retire")
        given = form.cleaned_data
        try:
            acts.retire(self.object, on=given["on"], message={"fr": given["fr"], "en": given["en"]}, by=self.by)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
            raise Unfinished from refusal
        self.done(gettext("La démarche est retirée : les demandes commencées peuvent encore être déposées."))

    def reopen(self) -> None:
        acts.reopen(self.object, by=self.by)
        self.done(gettext("La démarche est rouverte."))

    def trial(self) -> HttpResponse:
        return redirect(reverse("requests:trial", args=[acts.trial(self.object, by=self.by).pk]))

    def filled(self, act: str) -> forms.Form:
        """The form of an act, filled in well. Raises Unfinished."""
        if not self.typed[act].is_valid():
            raise Unfinished
        return self.typed[act]

    @cached_property
    def typed(self) -> dict[str, forms.Form]:
        """The forms of the page: the one whose button was pressed holds what was typed."""
        pressed = self.request.POST.get("act", "")
        today = {"on": timezone.localdate()}
        return {act: made(self.request.POST if act == pressed else None, initial=today) for act, made in FORMS.items()}

    def done(self, sentence: str) -> None:
        messages.success(self.request, sentence)

    # -- The page ---------------------------------------------------------------------------------

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Faults, remarks, figures, changes, and where the service stands."""
        draft, service = self.object, self.object.service
        definition = publishing.complete(convert.definition_of(draft))
        found = faults.faults_of(draft)
        before = publishing.definition_of(service.current) if service and service.current else None
        return super().get_context_data(**kwargs) | {
            "faults": found,
            "faults_summary": faults.summary(found) if found else "",
            "remarks": [(faults.spot(draft, remark.place), remark) for remark in lint.remarks_of(definition)],
            "page_remarks": acts.remarks_on_pages(service) if service else [],
            "figures": lint.figures_of(definition),
            "changes": difference.differences(before, definition),
            "can_publish": acts.can_publish(self.request.user),
            "service": service,
            "ahead": scheduling.ahead_of(service) if service else None,
            "failure": scheduling.last_failure(service) if service else None,
            "schedule_form": self.typed["schedule"],
            "retire_form": self.typed["retire"],
        }
