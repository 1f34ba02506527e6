"""The kinds of fields a form may have: one small class each, found by the name written in the definition.

A type turns its definition into a Django field, the cleaned value into the JSON that is stored, and the stored JSON
back into what a browser would post or into words. A new type is one more class with `@register`, in the module of its
family. Rooms outside read `TYPES` and the attributes of `FieldType`, nothing else.
"""

from requests_app.catalogue.field_types import (  # each registers its types
    choices,
    dates,
    files,
    groups,
    layout,
    numbers,
    people,
    places,
    texts,
)
from requests_app.catalogue.field_types.base import (
    LEFT_OUT,
    NOT_IN_LIST,
    REQUIRED,
    RESERVED_NAMES,
    TYPES,
    Definition,
    FieldType,
)
from requests_app.catalogue.field_types.places import forget_places

__all__ = [
    "LEFT_OUT",
    "NOT_IN_LIST",
    "REQUIRED",
    "RESERVED_NAMES",
    "TYPES",
    "Definition",
    "FieldType",
    "choices",
    "dates",
    "files",
    "forget_places",
    "groups",
    "layout",
    "numbers",
    "people",
    "places",
    "texts",
]
