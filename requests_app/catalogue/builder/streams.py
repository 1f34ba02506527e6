"""A StreamField without a migration for each block; the pages of the portal use it too."""

from typing import Any

from wagtail.fields import StreamField


class QuietStreamField(StreamField):
    """A StreamField whose blocks are not frozen in migrations: adding a block changes no table.

    The price: a data migration works on `raw_data`, never on block values.
    """

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types, **kwargs)

    def deconstruct(self) -> tuple[str, str, list, dict[str, Any]]:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs
