"""What the staff types to come in."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class PasswordForm(AuthenticationForm):
    """Name and password; the refusal never says which of the two is wrong."""

    use_required_attribute = False
    username = forms.CharField(
        label=_("Identifiant"),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": _("Écrivez votre identifiant.")},
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Écrivez votre mot de passe.")},
    )
    error_messages = {
        "invalid_login": _("Cet identifiant et ce mot de passe ne vont pas ensemble. Vérifiez les majuscules."),
        "inactive": _("Ce compte est fermé. Adressez-vous à votre chef de bureau."),
    }


class CodeForm(forms.Form):
    """The six figures of the phone, or a recovery code."""

    use_required_attribute = False
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "one-time-code", "class": "medium"}),
        error_messages={"required": _("Écrivez le code.")},
    )


class ConfirmPhoneForm(CodeForm):
    """The first code a phone shows; the password too when it replaces another phone."""

    def __init__(self, *args: Any, user: Any, replacing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Les six chiffres que montre le téléphone")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
        if replacing:
            self.fields["password"] = _password_field()
        self.user = user

    def clean_password(self) -> str:
        return _own_password(self.user, self.cleaned_data["password"])


class OwnPasswordForm(forms.Form):
    """The password once more, before something that matters."""

    use_required_attribute = False

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"] = _password_field()

    def clean_password(self) -> str:
        return _own_password(self.user, self.cleaned_data["password"])


def _password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Votre mot de passe"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "medium"}),
        error_messages={"required": _("Écrivez votre mot de passe.")},
    )


def _own_password(user: Any, password: str) -> str:
    if not user.check_password(password):
        raise forms.ValidationError(_("Ce n’est pas votre mot de passe."))
    return password
