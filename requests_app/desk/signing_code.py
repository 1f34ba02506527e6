"""The second factor of a signatory, for one document or for many: checked last, because a code serves once."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arrondissements.models import User
from arrondissements.second_factor import WrongCode, verified
from requests_app.desk.forms import ActForm


class CodeForm(forms.Form):
    """The code of the phone, or a recovery code."""

    use_required_attribute = False
    code = forms.CharField(
        label=gettext_lazy("Votre code de signature"),
        max_length=12,
        help_text=gettext_lazy("Les six chiffres que montre votre téléphone maintenant, ou un code de secours."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Écrivez votre code : sans lui, rien n’est signé.")},
    )

    def confirms(self, user: User) -> bool:
        """Whether the code is that of `user`, now; it serves once, and a wrong one says how long to wait."""
        try:
            verified(user, self.cleaned_data["code"])
        except WrongCode as wrong:
            words = _("Ce code n’est pas le bon, ou a déjà servi : attendez le suivant. Rien n’est signé.")
            self.add_error("code", str(wrong) or words)
        return not self.errors


class SigningForm(CodeForm, ActForm):
    """One signature. A trial prints a paper without number nor seal: nothing is signed, and no code is asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.is_trial:
            del self.fields["code"]

    def confirms(self, user: User) -> bool:
        return self.case.is_trial or super().confirms(user)

    def words(self) -> dict[str, Any]:
        return {}
