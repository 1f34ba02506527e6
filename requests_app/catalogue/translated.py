"""Texts kept in several languages: `{"fr": "…", "en": "…"}` in the database, one string on the screen."""

from typing import Any

from django.utils.translation import get_language

SOURCE_LANGUAGE = "fr"
LANGUAGES = ("fr", "en")


def in_active_language(text: Any) -> str:
    """The text in the language of the reader, in French when that language has none; "" for an absent text."""
    if not isinstance(text, dict):
        return text or ""
    return text.get(get_language()) or text.get(SOURCE_LANGUAGE) or ""


class Translated:
    """Reads the column `<name>_i18n`: a string, or a list of strings when the column holds a list."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.column = f"{name}_i18n"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        value = getattr(instance, self.column)
        if isinstance(value, list):
            return [in_active_language(item) for item in value]
        return in_active_language(value)
