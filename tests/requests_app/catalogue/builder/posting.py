"""What a browser posts of a draft: every box of every tab, as it stands."""

from typing import Any

from wagtail import blocks
from wagtail.blocks.base import BlockField

from requests_app.catalogue.builder import convert
from requests_app.catalogue.builder.models import ServiceDraft


def posted(draft: ServiceDraft, form: Any) -> dict[str, Any]:
    """The boxes of a form that shows this draft, with what they hold."""
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        if isinstance(field, BlockField):
            data |= boxes(field.block, convert.raw_of(draft, name), name)
        else:
            value = form.initial.get(name)
            data |= {} if value in (None, False) else {name: "on" if value is True else value}
    return data


def boxes(block: Any, raw: Any, prefix: str) -> dict[str, Any]:
    """The boxes of one block."""
    if isinstance(block, blocks.StructBlock):
        parts = [boxes(child, (raw or {}).get(name), f"{prefix}-{name}") for name, child in block.child_blocks.items()]
        return {name: value for part in parts for name, value in part.items()}
    if isinstance(block, blocks.StreamBlock | blocks.ListBlock):
        data = {f"{prefix}-count": str(len(raw or []))}
        for place, item in enumerate(raw or []):
            here = f"{prefix}-{place}"
            data |= {f"{here}-deleted": "", f"{here}-order": str(place), f"{here}-id": item.get("id") or ""}
            child = block.child_block if isinstance(block, blocks.ListBlock) else block.child_blocks[item["type"]]
            data |= {f"{here}-type": item["type"]} | boxes(child, item["value"], f"{here}-value")
        return data
    if raw in (None, False):
        return {}
    return {prefix: "on" if raw is True else raw}
