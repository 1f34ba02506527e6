"""A condition and its values as an editor writes them, and back, without losing anything.

Values are written in plain words: `oui`, `12`, `pension_benin`, `a, b, c`. What would not read back the same is
written with `json:` before it; a condition deeper than the screen shows is kept written as a whole.
"""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from requests_app.catalogue.conditions import Condition

NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
EXACTLY = "json:"
WORDS = {"oui": True, "non": False}
LISTS = ("in", "not_in")
# Types whose answers are numbers, or yes and no; all others are text.
NUMBERS = ("integer", "amount", "decimal", "arrondissement")
YES_NO = ("yes_no", "declaration")
# Field key → its type; what is not there is read as it looks.
Kinds = Mapping[str, str]


def element(kind: str, value: Any) -> dict[str, Any]:
    """One element of a list as Wagtail stores it; without an id it would be read as an older format."""
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def condition_of(raw: Mapping[str, Any] | None, kinds: Kinds) -> Condition | None:
    """The condition a block holds, None for one without a comparison."""
    parts = [part for part in (part_of(one, kinds) for one in (raw or {}).get("parts") or []) if part]
    if not raw or not parts:
        return None
    join = raw.get("join") or "all"
    return parts[0] if len(parts) == 1 and join == "all" else {join: parts}


def part_of(raw: Mapping[str, Any], kinds: Kinds) -> Condition | None:
    """One comparison, group or written condition. A text that is not JSON stays where it is, for `faults`."""
    value = raw["value"]
    if raw["type"] == "comparison":
        return comparison_of(value, kinds)
    if raw["type"] == "group":
        return {value.get("join") or "any": [comparison_of(one["value"], kinds) for one in value.get("parts") or []]}
    try:
        written = json.loads(value)
    except ValueError:
        return {"field": value, "is": ""}
    return written if isinstance(written, dict) else {"field": value, "is": ""}


def comparison_of(raw: Mapping[str, Any], kinds: Kinds) -> Condition:
    """A comparison without what was left empty."""
    field, operator, text = raw.get("field") or "", raw.get("is_") or "", raw.get("value") or ""
    said: dict[str, Any] = {"field": field, "is": operator}
    if text:
        said["value"] = value_of(text, operator, kinds.get(field, ""))
    if raw.get("on"):
        said["on"] = raw["on"]
    return said


def raw_condition(condition: Condition | None, kinds: Kinds) -> dict[str, Any]:
    """The block of a condition; `condition_of` gives the condition back."""
    if not condition:
        return {"join": "all", "parts": []}
    join = next((word for word in ("all", "any") if word in condition), "all")
    parts = condition.get(join, [condition])
    # One comparison alone would be read without its "all": a group of one keeps it.
    parts = [condition] if join == "all" and len(parts) == 1 else parts
    raw = {"join": join, "parts": [raw_part(part, kinds) for part in parts]}
    if condition_of(raw, kinds) == condition:
        return raw
    return {"join": "all", "parts": [element("other", json.dumps(condition, ensure_ascii=False))]}


def raw_part(part: Condition, kinds: Kinds) -> dict[str, Any]:
    for join in ("all", "any"):
        if join in part and all("field" in one for one in part[join]):
            items = [element("item", raw_comparison(one, kinds)) for one in part[join]]
            return element("group", {"join": join, "parts": items})
    if "field" in part:
        return element("comparison", raw_comparison(part, kinds))
    return element("other", json.dumps(part, ensure_ascii=False))


def raw_comparison(comparison: Condition, kinds: Kinds) -> dict[str, Any]:
    field, operator = comparison["field"], comparison["is"]
    text = text_of(comparison["value"], operator, kinds.get(field, "")) if "value" in comparison else ""
    return {"field": field, "is_": operator, "value": text, "on": comparison.get("on", "")}


def value_of(text: str, operator: str = "", kind: str = "") -> Any:
    """The value an editor wrote, of the type of the answer it is compared with."""
    text = text.strip()
    if text.startswith(EXACTLY):
        try:
            return json.loads(text.removeprefix(EXACTLY))
        except ValueError:
            return text
    if operator in LISTS:
        return [_one(part.strip(), kind) for part in text.split(",") if part.strip()]
    # An age is a number, whatever the question.
    return _one(text, "integer" if operator.startswith("age_") else kind)


def _one(text: str, kind: str) -> Any:
    reads_numbers, reads_words = kind in NUMBERS or not kind, kind in YES_NO or not kind
    if reads_words and text.lower() in WORDS:
        return WORDS[text.lower()]
    if reads_numbers and NUMBER.fullmatch(text):
        number = float(text) if "." in text else int(text)
        return number if str(number) == text or kind in NUMBERS else text
    return text


def text_of(value: Any, operator: str = "", kind: str = "") -> str:
    """How an editor reads a value; `value_of` gives the value back."""
    words = ", ".join(map(_in_words, value)) if isinstance(value, list) else _in_words(value)
    if words and same(value_of(words, operator, kind), value):
        return words
    return EXACTLY + json.dumps(value, ensure_ascii=False)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same type: 1 is not True and not "1"."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
