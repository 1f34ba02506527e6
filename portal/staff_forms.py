"""What the staff types to come in."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from portal import screen_lock


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


def _pin_field(label: Any, **attrs: Any) -> forms.RegexField:
    return forms.RegexField(
        r"^[0-9]{6}$",
        label=label,
        strip=True,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short", **attrs}),
        error_messages={"required": _("Écrivez les six chiffres."), "invalid": _("Écrivez six chiffres.")},
    )


class PinForm(forms.Form):
    """The six digits that open a locked screen again."""

    use_required_attribute = False
    pin = _pin_field(_("Votre code court (six chiffres)"), autofocus=True)


class ChoosePinForm(OwnPasswordForm):
    """New digits, twice, with the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pin"] = _pin_field(_("Six chiffres"))
        self.fields["pin"].help_text = _("Pas 000000, 123456, ni votre année de naissance.")
        self.fields["again"] = _pin_field(_("Les mêmes, encore une fois"))

    def clean_pin(self) -> str:
        digits: str = self.cleaned_data["pin"]
        if screen_lock.is_weak(digits):
            raise forms.ValidationError(_("Ces chiffres se devinent trop vite. Choisissez-en d’autres."))
        return digits

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "pin" in self.cleaned_data and again != self.cleaned_data["pin"]:
            raise forms.ValidationError(_("Les deux codes ne sont pas les mêmes."))
        return again


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
