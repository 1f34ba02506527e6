"""The form of a draft: everything may stay empty, keys are completed, nothing typed is lost."""

import json
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from requests_app.catalogue.builder import keys
from requests_app.catalogue.builder.blocks.common import offices
from requests_app.catalogue.builder.convert import stored

DELIVERIES = [("download", _("téléchargement")), ("counter", _("au guichet"))]


class ServiceDraftForm(WagtailAdminModelForm):
    """What the editor saves."""

    delivery = forms.MultipleChoiceField(
        label=_("remise"), choices=DELIVERIES, required=False, widget=forms.CheckboxSelectMultiple
    )
    routing_default = forms.ChoiceField(label=_("bureau par défaut"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "routing_default" in self.fields:
            # A code that came from another town hall stays until another office is chosen.
            here, kept = offices(), self.instance.routing_default
            strange = [(kept, kept)] if kept and kept not in dict(here) else []
            self.fields["routing_default"].choices = [("", "---------"), *strange, *here]

    def clean(self) -> dict[str, Any]:
        """Complete what is made from something else: the keys, and the address of a new service."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, complete in (
            ("steps", keys.name_questions),
            ("evidence", lambda raw: keys.name_things(raw, otherwise="piece")),
            ("fees", lambda raw: keys.name_things(raw, otherwise="droit")),
        ):
            if name in cleaned:
                raw = stored(cleaned[name])
                complete(raw)
                cleaned[name] = self.instance._meta.get_field(name).to_python(json.dumps(raw))
        if not cleaned.get("slug") and cleaned.get("title_fr"):
            cleaned["slug"] = slugify(cleaned["title_fr"].replace("’", " "))[:60].strip("-")
        return cleaned
