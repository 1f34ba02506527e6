"""A service as a file: taken away, brought from another town hall, or begun again as a copy."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from requests_app.catalogue import portable
from requests_app.catalogue.builder import acts
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.builder.views.base import DraftPage, WorkshopPage


class ExportView(DraftPage):
    """The draft as a file that another town hall can load."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file."""
        name = f"{self.object.slug or 'demarche'}.json"
        answer = HttpResponse(portable.written(acts.as_file(self.object)), content_type="application/json")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


class DuplicateView(DraftPage):
    """A copy to begin another service from."""

    page_title = _("Dupliquer")
    permission_required = "add"
    template_name = "catalogue/builder/duplicate.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make it and open it."""
        copy = acts.duplicate(self.object, by=self.by)
        messages.success(request, gettext("Voici la copie : donnez-lui son titre et son adresse."))
        return redirect(self.to("edit", copy.pk))


class ImportForm(forms.Form):
    """The file of a service."""

    file = forms.FileField(
        label=capfirst(_("fichier")),
        help_text=_("Un fichier .json exporté d’un atelier comme celui-ci, deux mégaoctets au plus."),
    )

    replace = forms.BooleanField(
        label=_("Remplacer le brouillon jamais publié qui porte déjà cette adresse, s’il y en a un"), required=False
    )

    def clean_file(self) -> Any:
        """Read the file. Raises ValidationError with its sentences."""
        try:
            # One byte more than is allowed is enough to be refused.
            return portable.read(self.cleaned_data["file"].read(portable.MOST_BYTES + 1))
        except portable.Unreadable as refusal:
            raise forms.ValidationError([capfirst(sentence) for sentence in refusal.sentences]) from refusal


class ImportView(WorkshopPage):
    """Load a file into a draft; nothing is published."""

    page_title = _("Importer une démarche")
    permission_required = "add"
    template_name = "catalogue/builder/import.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Read it, write the draft, say what remains to decide."""
        form = ImportForm(request.POST, request.FILES)
        draft = self._loaded(form) if form.is_valid() else None
        if draft is None:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        imported = form.cleaned_data["file"]
        for sentence in imported.sentences:
            messages.info(request, capfirst(sentence))
        return redirect(self.to("edit", draft.pk))

    def _loaded(self, form: ImportForm) -> ServiceDraft | None:
        """The draft; None when another one bears its name, which the form then says."""
        try:
            return acts.load(form.cleaned_data["file"], by=self.by, replace=form.cleaned_data["replace"])
        except acts.DraftThere as refusal:
            form.add_error(None, forms.ValidationError([refusal.sentence, gettext("Choisissez à nouveau le fichier.")]))
            return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, empty at first."""
        return super().get_context_data(**{"form": ImportForm(), **kwargs})
