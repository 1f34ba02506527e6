"""Forms inside a question: the parts of a composite answer, the items of a group."""

from collections.abc import Callable
from typing import Any

from django import forms

from requests_app.catalogue.field_types.step_form import Posted, StepForm

Make = Callable[[Posted | None, Any, str], list[StepForm]]


class InnerForms(forms.Widget):
    """Draws the forms its field made; those that were judged keep their sentences beside each box."""

    template_name = "catalogue/widgets/parts.html"
    use_fieldset = True
    hook = ""
    make: Make
    forms: list[StepForm] | None = None

    @property
    def says_errors(self) -> bool:
        """Whether what is wrong stands beside a question inside: it is not said once more above them all."""
        return bool(self.in_error())

    def in_error(self) -> list[tuple[str, StepForm]]:
        """The forms that hold something wrong, each with its own name, or "" for that of the question."""
        return [("", form) for form in self.forms or () if form.errors]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Posted:
        return Posted(data, files, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def drawn(self, name: str, value: Any) -> list[StepForm]:
        """The forms to draw: as they were judged, or as posted or stored and not judged."""
        if self.forms is not None:
            return self.forms
        posted = value if isinstance(value, Posted) else None
        made = self.make(posted, None if posted else value, name)
        for form in made:
            form.judged = False
        return made

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["forms"], context["hook"] = self.drawn(name, value), self.hook
        return context

    def id_for_label(self, id_: str) -> str:
        return ""
