"""A draft and a definition say the same thing: each is turned into the other, and nothing is lost on the way.

The blocks and the definition have the same names and the same shape, so both are walked side by side, on the JSON
that Wagtail stores (`raw`). A definition is written without what goes without saying: `"required": true`,
`"reuse": false` and the like are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from wagtail import blocks

from requests_app.catalogue.builder.blocks.common import PairBlock
from requests_app.catalogue.builder.blocks.conditions import ConditionBlock
from requests_app.catalogue.builder.blocks.fields import FieldsBlock
from requests_app.catalogue.builder.blocks.parts import ParagraphBlock, SampleBlock, SlabBlock
from requests_app.catalogue.builder.conditions_on_screen import (
    Kinds,
    condition_of,
    element,
    raw_condition,
    text_of,
    value_of,
)

if TYPE_CHECKING:
    from requests_app.catalogue.builder.models import ServiceDraft

Definition = dict[str, Any]
Raw = Any
# Texts in two columns, `<name>_fr` and `<name>_en`: those a service cannot do without, and the others.
NEEDED = ("title", "summary", "issuing_authority")
OPTIONAL = ("fee_note", "processing_note", "confidence_note", "where_to_go")
PLAIN = (
    "mode",
    "fee_amount",
    "fee_status",
    "processing_days",
    "processing_status",
    "signatory_role",
    "document_template",
    "external_url",
)
LISTS = ("legal_basis", "sources", "evidence", "what_to_bring", "eligibility", "fees")
HOLDER = ("surname", "given_names", "birth", "birth_place")


# -- From the draft to the definition -----------------------------------------------------------


def definition_of(draft: ServiceDraft) -> Definition:
    """The definition a draft describes, complete or not."""
    kinds = kinds_on_screen(raw_of(draft, "steps"))
    data: Definition = {name: pair(draft, name) for name in NEEDED}
    data |= {name: pair(draft, name) if written(draft, name) else {} for name in OPTIONAL}
    data |= {name: getattr(draft, name) for name in PLAIN}
    data |= {name: listed(draft, name, kinds) for name in LISTS}
    steps = listed(draft, "steps", kinds)
    return data | {
        "form": {"steps": steps} if steps else {},
        "routing": routing_of(draft, kinds),
        "flow": flow_of(draft, kinds),
        "document": document_of(draft, kinds),
    }


def routing_of(draft: ServiceDraft, kinds: Kinds) -> Definition:
    rules = listed(draft, "routing_rules", kinds)
    samples = listed(draft, "routing_samples", kinds)
    if not (rules or samples or draft.routing_default):
        return {}
    return {"rules": rules, "default": draft.routing_default} | filled(samples=samples)


def flow_of(draft: ServiceDraft, kinds: Kinds) -> Definition:
    silence = {"after_days": draft.silence_days, "effect": draft.silence_effect}
    if written(draft, "silence_basis"):
        silence["legal_basis"] = pair(draft, "silence_basis")
    overflow = {"basis": pair(draft, "overflow_basis"), "after_days": draft.overflow_days}
    return filled(
        four_eyes=draft.four_eyes,
        opinions=listed(draft, "opinions", kinds),
        silence=silence if any(silence.values()) else None,
        overflow=overflow if draft.overflow_days is not None or written(draft, "overflow_basis") else None,
        appointment=draft.appointment,
        appointment_note=pair(draft, "appointment_note") if written(draft, "appointment_note") else None,
        delivery=draft.delivery,
    )


def document_of(draft: ServiceDraft, kinds: Kinds) -> Definition:
    body, printed = listed(draft, "document_body", kinds), listed(draft, "document_printed", kinds)
    bases = [item["value"] for item in raw_of(draft, "document_basis")]
    given = {part: getattr(draft, f"holder_{part}") for part in HOLDER}
    parts = (body, printed, bases, draft.series, draft.validity_days, written(draft, "document_title"))
    if not any((*parts, *given.values())):
        return {}
    holder = {part: given[part] for part in ("surname", "given_names")} | filled(**given)
    return {
        "series": draft.series,
        "title": pair(draft, "document_title"),
        "body": body,
        "printed": printed,
        "holder": holder,
        "validity_days": draft.validity_days,
    } | filled(legal_basis=bases)


def column(draft: ServiceDraft, name: str) -> Any:
    """The model field of this name."""
    return draft._meta.get_field(name)


def filled(**parts: Any) -> Definition:
    """Those that say something."""
    return {name: part for name, part in parts.items() if part not in (None, "", [], {}, False)}


def pair(draft: ServiceDraft, name: str) -> dict[str, str]:
    return {language: getattr(draft, f"{name}_{language}") for language in ("fr", "en")}


def written(draft: ServiceDraft, name: str) -> bool:
    return any(pair(draft, name).values())


def raw_of(draft: ServiceDraft, name: str) -> list[Raw]:
    """What a StreamField of the draft stores."""
    return stored(getattr(draft, name))


def stored(stream: Any) -> list[Raw]:
    """The plain JSON of a stream: a day that a form has just read is text again."""
    raw: list[Raw] = json.loads(json.dumps(stream.get_prep_value(), cls=DjangoJSONEncoder))
    return raw


def listed(draft: ServiceDraft, name: str, kinds: Kinds) -> list[Any]:
    stream = getattr(draft, name).stream_block
    return [part_of(stream.child_blocks[item["type"]], item["value"], kinds) for item in raw_of(draft, name)]


def part_of(block: blocks.Block, raw: Raw, kinds: Kinds) -> Any:
    """The part of a definition that a block's raw value says; None when it says nothing."""
    if isinstance(block, PairBlock):
        both = {language: (raw or {}).get(language) or "" for language in ("fr", "en")}
        return both if block.always or any(both.values()) else None
    if isinstance(block, ConditionBlock):
        return condition_of(raw, kinds)
    if isinstance(block, SampleBlock):
        return sample_of(raw, kinds)
    if isinstance(block, blocks.StructBlock):
        return record_of(block, raw or {}, kinds)
    if isinstance(block, FieldsBlock):
        return [question_of(block, item, kinds) for item in raw or []] or None
    if isinstance(block, blocks.ListBlock):
        return [part_of(block.child_block, item["value"], kinds) for item in raw or []] or None
    return whole(raw)


def record_of(block: blocks.StructBlock, raw: dict[str, Raw], kinds: Kinds) -> Any:
    parts: Definition = {}
    for name, child in block.child_blocks.items():
        part = part_of(child, raw.get(name, child.get_default() if name not in raw else None), kinds)
        # A box speaks only when it differs from what goes without saying.
        if isinstance(child, blocks.BooleanBlock):
            part = None if bool(part) == bool(child.get_default()) else bool(part)
        if part not in (None, "", []):
            parts[name.rstrip("_")] = part
    if isinstance(block, SlabBlock):
        parts = {"up_to": None, **parts}
    if isinstance(block, ParagraphBlock):
        text = parts.get("text", "")
        return {"text": text, "when": parts["when"]} if "when" in parts else text
    return parts


def question_of(block: FieldsBlock, item: Raw, kinds: Kinds) -> Definition:
    part = part_of(block.child_blocks[item["type"]], item["value"], kinds)
    return {"type": item["type"], **part}


def sample_of(raw: Raw, kinds: Kinds) -> Definition:
    answers: Definition = {}
    for item in raw.get("answers") or []:
        key = item["value"].get("field") or ""
        answers[key] = value_of(item["value"].get("value") or "", kind=kinds.get(key, ""))
    return {"answers": answers, "office": raw.get("office") or ""}


def whole(raw: Raw) -> Any:
    """5.0 typed in a box for numbers is 5."""
    return int(raw) if isinstance(raw, float) and raw.is_integer() else raw


def kinds_on_screen(steps: Iterable[Raw]) -> dict[str, str]:
    """Key → type of every question of the raw steps, those of groups too."""
    kinds: dict[str, str] = {}
    for step in steps:
        for field in step["value"].get("fields") or []:
            inner = list(field["value"].get("fields") or [])
            kinds |= {one["value"].get("key") or "": one["type"] for one in (*inner, field)}
    return kinds


# -- From the definition to the draft -----------------------------------------------------------


def fill(draft: ServiceDraft, data: Definition) -> None:
    """Write a definition into a draft, in place; nothing is saved."""
    kinds = kinds_of(data)
    for name in (*NEEDED, *OPTIONAL):
        put_pair(draft, name, data.get(name))
    for name in PLAIN:
        setattr(draft, name, data.get(name, column(draft, name).get_default()))
    for name in LISTS:
        put(draft, name, data.get(name), kinds)
    put(draft, "steps", data["form"].get("steps"), kinds)
    fill_routing(draft, data["routing"], kinds)
    fill_flow(draft, data.get("flow") or {}, kinds)
    fill_document(draft, data["document"], kinds)


def fill_routing(draft: ServiceDraft, routing: Definition, kinds: Kinds) -> None:
    put(draft, "routing_rules", routing.get("rules"), kinds)
    put(draft, "routing_samples", routing.get("samples"), kinds)
    draft.routing_default = routing.get("default", "")


def fill_flow(draft: ServiceDraft, flow: Definition, kinds: Kinds) -> None:
    draft.four_eyes, draft.appointment = flow.get("four_eyes", False), flow.get("appointment", False)
    put(draft, "opinions", flow.get("opinions"), kinds)
    silence = flow.get("silence") or {}
    draft.silence_days, draft.silence_effect = silence.get("after_days"), silence.get("effect", "")
    put_pair(draft, "silence_basis", silence.get("legal_basis"))
    overflow = flow.get("overflow") or {}
    draft.overflow_days = overflow.get("after_days")
    put_pair(draft, "overflow_basis", overflow.get("basis"))
    put_pair(draft, "appointment_note", flow.get("appointment_note"))
    draft.delivery = flow.get("delivery", [])


def fill_document(draft: ServiceDraft, document: Definition, kinds: Kinds) -> None:
    draft.series, draft.validity_days = document.get("series", ""), document.get("validity_days")
    put_pair(draft, "document_title", document.get("title"))
    put(draft, "document_body", document.get("body"), kinds)
    put(draft, "document_printed", document.get("printed"), kinds)
    put(draft, "document_basis", document.get("legal_basis"), kinds)
    for part in HOLDER:
        setattr(draft, f"holder_{part}", document.get("holder", {}).get(part, ""))


def put_pair(draft: ServiceDraft, name: str, text: dict[str, str] | None) -> None:
    for language in ("fr", "en"):
        setattr(draft, f"{name}_{language}", (text or {}).get(language, ""))


def put(draft: ServiceDraft, name: str, parts: list[Any] | None, kinds: Kinds) -> None:
    """Write the parts of a definition into a StreamField of one kind of block."""
    field = column(draft, name)
    [(kind, block)] = field.stream_block.child_blocks.items()
    raw = [element(kind, raw_for(block, part, kinds)) for part in parts or []]
    setattr(draft, name, field.to_python(json.dumps(raw)))


def raw_for(block: blocks.Block, part: Any, kinds: Kinds) -> Raw:
    """What Wagtail stores of a part of a definition; None is nothing."""
    if isinstance(block, ConditionBlock):
        return raw_condition(part, kinds)
    if isinstance(block, SampleBlock):
        return raw_sample(part, kinds)
    if isinstance(block, blocks.StructBlock):
        part = {"text": part} if isinstance(part, str) else part or {}
        return {name: raw_for(child, part.get(name.rstrip("_")), kinds) for name, child in block.child_blocks.items()}
    if isinstance(block, FieldsBlock):
        return [element(one["type"], raw_for(block.child_blocks[one["type"]], one, kinds)) for one in part or []]
    if isinstance(block, blocks.ListBlock):
        return [element("item", raw_for(block.child_block, one, kinds)) for one in part or []]
    if isinstance(block, blocks.BooleanBlock) and part is None:
        return block.get_default()
    return part


def raw_sample(sample: Definition, kinds: Kinds) -> Raw:
    answers = [
        {"field": key, "value": text_of(value, kind=kinds.get(key, ""))} for key, value in sample["answers"].items()
    ]
    return {"answers": [element("item", one) for one in answers], "office": sample["office"]}


def kinds_of(data: Definition) -> dict[str, str]:
    """Key → type of every question of a definition, those of groups too."""
    kinds: dict[str, str] = {}
    for step in data["form"].get("steps", []):
        for field in step["fields"]:
            kinds |= {one["key"]: one["type"] for one in (*field.get("fields", []), field)}
    return kinds
