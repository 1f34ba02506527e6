"""Writing a draft: the tabs, with the faults in their boxes when they are asked for."""

from typing import Any

from django.forms.utils import ErrorDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView

from requests_app.catalogue.builder import faults
from requests_app.catalogue.builder.models import ServiceDraft

SHOW_FAULTS = "verifier"


class StayHere:
    """After saving, the editor goes on writing."""

    def get_success_url(self) -> str:
        """The draft itself."""
        return reverse(self.edit_url_name, args=[self.object.pk])  # type: ignore[attr-defined]


class DraftIndexView(IndexView):
    """Every service, and the way in for one of another town."""

    add_item_label = _("Nouvelle démarche")
    names: dict[str, str] = {}

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Importing stands beside what Wagtail offers."""
        load = Button(_("Importer un fichier"), url=reverse(self.names["import"]), icon_name="upload", priority=20)
        return [*super().header_more_buttons, load] if self.user_has_permission("add") else []


class DraftCreateView(StayHere, CreateView):
    page_title = _("Nouvelle démarche")


class DraftEditView(StayHere, EditView):
    """The draft; with `?verifier`, each fault is written in its box."""

    names: dict[str, str] = {}

    @cached_property
    def header_buttons(self) -> list[Button]:
        """The way to what comes after writing."""
        return [
            HeaderButton(label=_("Vérifier et publier"), url=self._to("check"), icon_name="check", priority=10),
            HeaderButton(label=_("Essayer"), url=self._to("try"), icon_name="view", priority=20),
        ]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """What is done more rarely."""
        rare = [
            Button(_("Dupliquer"), url=self._to("duplicate"), icon_name="copy", priority=10),
            Button(_("Exporter un fichier"), url=self._to("export"), icon_name="download", priority=15),
        ]
        return [*rare, *super().header_more_buttons]

    def _to(self, name: str) -> str:
        return reverse(self.names[name], args=[self.object.pk])

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        """With the faults of what is saved, when they were asked for."""
        form = super().get_form(*args, **kwargs)
        if self.request.method == "GET" and SHOW_FAULTS in self.request.GET:
            show_faults(form, self.object)
        return form


def show_faults(form: Any, draft: ServiceDraft) -> None:
    """Write the faults of a saved draft into the form that shows it."""
    form._errors, form.cleaned_data = ErrorDict(), {}
    for column, error in faults.errors_for(draft, faults.faults_of(draft)).items():
        form.add_error(column, error)
