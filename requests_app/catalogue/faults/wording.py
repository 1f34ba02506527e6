"""What the JSON Schema refuses, said in words."""

from django.utils.translation import gettext
from jsonschema.exceptions import ValidationError as ShapeError


def words_for(error: ShapeError) -> str:
    """One sentence for one fault of shape."""
    value = str(error.instance)[:60]
    if error.instance in ("", []):
        return gettext("C’est à remplir.")
    if error.validator == "required":
        missing = sorted(set(error.validator_value) - set(error.instance))
        return gettext("Il manque : %(names)s.") % {"names": ", ".join(missing)}
    if error.validator == "additionalProperties":
        extra = sorted(set(error.instance) - set(error.schema["properties"]))
        return gettext("Ces noms ne sont pas connus ici : %(names)s.") % {"names": ", ".join(extra)}
    if error.validator == "enum":
        possible = ", ".join(str(choice) for choice in error.validator_value if choice)
        return gettext("« %(value)s » n’est pas possible. Possible : %(possible)s.") % {
            "value": value,
            "possible": possible,
        }
    return _limit_words(error, value)


def _limit_words(error: ShapeError, value: str) -> str:
    limit = {"limit": error.validator_value}
    if error.validator in {"minItems", "minLength"}:
        return gettext("C’est vide ou trop court : %(limit)s au moins.") % limit
    if error.validator in {"maxItems", "maxLength"}:
        return gettext("C’est trop long : %(limit)s au plus.") % limit
    if error.validator == "minimum":
        return gettext("C’est trop petit : %(limit)s au moins.") % limit
    if error.validator == "maximum":
        return gettext("C’est trop grand : %(limit)s au plus.") % limit
    if error.validator == "pattern":
        return gettext("« %(value)s » ne s’écrit pas ainsi.") % {"value": value}
    return gettext("« %(value)s » n’est pas du type attendu ici.") % {"value": value}
