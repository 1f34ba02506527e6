"""The form of a draft: everything may stay empty, keys are completed, nothing typed is lost."""

import json
from typing import Any

from django import forms
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.blocks.base import BlockWidget

from requests_app.catalogue.builder import keys
from requests_app.catalogue.builder.blocks.common import kept_offices, offices, with_child
from requests_app.catalogue.builder.convert import raw_of, stored
from requests_app.catalogue.vocabulary import DELIVERIES

# Lists whose blocks name an office.
WITH_OFFICES = ("routing_rules", "routing_samples", "opinions")


class ServiceDraftForm(WagtailAdminModelForm):
    """What the editor saves."""

    delivery = forms.MultipleChoiceField(
        label=capfirst(_("remise")),
        choices=list(DELIVERIES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    routing_default = forms.ChoiceField(label=capfirst(_("bureau par défaut")), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = offices()
        if "routing_default" in self.fields:
            self.fields["routing_default"].choices = kept_offices(here, [self.instance.routing_default])
        for name in WITH_OFFICES:
            if name in self.fields:
                self._keep_offices(name, here)

    def _keep_offices(self, name: str, here: list[tuple[str, str]]) -> None:
        """A code that came from another town hall stays in its box until another office is chosen."""
        field = self.fields[name]
        [(kind, block)] = field.block.child_blocks.items()
        codes = [item["value"].get("office") or "" for item in raw_of(self.instance, name)]
        office = block.child_blocks["office"].offering(kept_offices(here, codes))
        field.block = with_child(field.block, kind, with_child(block, "office", office))
        field.widget = BlockWidget(field.block, attrs=field.widget.attrs)

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
