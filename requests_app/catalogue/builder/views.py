"""The pages around a draft: writing it, checking it, publishing it."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import BaseObjectMixin, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views.snippets import CreateView, EditView

from arrondissements.models import User
from requests_app.catalogue.builder import acts, faults
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.publishing import AlreadyPublished
from requests_app.catalogue.schema import DefinitionError

SHOW_FAULTS = "verifier"


class StayHere:
    """After saving, the editor goes on writing."""

    def get_success_url(self) -> str:
        """The draft itself."""
        return reverse(self.edit_url_name, args=[self.object.pk])  # type: ignore[attr-defined]


class DraftCreateView(StayHere, CreateView):
    page_title = _("Nouvelle démarche")


class DraftEditView(StayHere, EditView):
    """The draft; with `?verifier`, each fault is written in its box."""

    check_url_name = ""

    @cached_property
    def header_buttons(self) -> list[Button]:
        """The way to what comes after writing."""
        address = reverse(self.check_url_name, args=[self.object.pk])
        return [HeaderButton(label=_("Vérifier et publier"), url=address, icon_name="check", priority=10)]

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)
        if self.request.method == "GET" and SHOW_FAULTS in self.request.GET:
            show_faults(form, self.object)
        return form


def show_faults(form: Any, draft: ServiceDraft) -> None:
    """Write the faults of a saved draft into the form that shows it."""
    form._errors, form.cleaned_data = ErrorDict(), {}
    for column, error in faults.errors_for(draft, faults.faults_of(draft)).items():
        form.add_error(column, error)


class DraftPage(PermissionCheckedMixin, BaseObjectMixin, WagtailAdminTemplateMixin, TemplateView):
    """What every page beside the draft shares."""

    model = ServiceDraft
    permission_required = "change"
    edit_url_name = index_url_name = check_url_name = ""
    header_icon = "form"

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": gettext("Démarches")},
            {"url": reverse(self.edit_url_name, args=[self.object.pk]), "label": str(self.object)},
            {"url": "", "label": self.get_page_title()},
        ]

    def here(self) -> HttpResponse:
        """This page again, after an act."""
        return redirect(self.request.path)


class CheckView(DraftPage):
    """What is missing, what changes, and the button that publishes."""

    page_title = _("Vérifier et publier")
    template_name = "catalogue/builder/check.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Publish now."""
        try:
            version = acts.publish(self.object, by=cast(User, request.user))
        except PermissionDenied as refusal:
            messages.error(request, str(refusal))
        except DefinitionError:
            messages.error(request, gettext("La démarche n’est pas encore complète : rien n’a été publié."))
        except AlreadyPublished as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, said_of(version))
        return self.here()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = faults.faults_of(self.object)
        edit = reverse(self.edit_url_name, args=[self.object.pk])
        return super().get_context_data(**kwargs) | {
            "draft": self.object,
            "faults": found,
            "faults_summary": faults.summary(found) if found else "",
            "edit": edit,
            "can_publish": acts.can_publish(self.request.user),
        }


def said_of(version: Any) -> str:
    if version is None:
        return gettext("La place de la démarche dans les listes a changé ; sa version en vigueur reste la même.")
    return gettext("La version %(number)d est publiée : les nouvelles demandes la suivent.") % {
        "number": version.number
    }
