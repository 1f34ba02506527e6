"""What stops a draft from being published, each fault at its place: the tab, the block, the box.

The sentences and their places in the definition are those of `schema.definition_faults`
(`form.steps[0].fields[2].label.fr`); here the places become those of the screen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.coreutils import safe_snake_case

from requests_app.catalogue.builder import convert
from requests_app.catalogue.builder.blocks.conditions import ConditionBlock
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.builder.panels import TAB_OF, TABS
from requests_app.catalogue.faults import Fault
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import complete, series_faults
from requests_app.catalogue.schema import definition_faults

ADDRESS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
Path = tuple[str | int, ...]
# Places of a definition that are a column of another name.
MOVED: dict[Path, str] = {
    ("form", "steps"): "steps",
    ("form",): "steps",
    ("routing", "rules"): "routing_rules",
    ("routing", "samples"): "routing_samples",
    ("routing", "default"): "routing_default",
    ("routing",): "routing_default",
    ("flow", "opinions"): "opinions",
    ("flow", "silence", "after_days"): "silence_days",
    ("flow", "silence", "effect"): "silence_effect",
    ("flow", "silence", "legal_basis"): "silence_basis",
    ("flow", "silence"): "silence_days",
    ("flow", "overflow", "basis"): "overflow_basis",
    ("flow", "overflow"): "overflow_days",
    ("flow", "appointment_note"): "appointment_note",
    ("flow", "delivery"): "delivery",
    ("flow",): "four_eyes",
    ("document", "body"): "document_body",
    ("document", "printed"): "document_printed",
    ("document", "legal_basis"): "document_basis",
    ("document", "title"): "document_title",
    ("document", "series"): "series",
    ("document", "validity_days"): "validity_days",
    ("document", "holder", "surname"): "holder_surname",
    ("document", "holder", "given_names"): "holder_given_names",
    ("document", "holder", "birth"): "holder_birth",
    ("document", "holder", "birth_place"): "holder_birth_place",
    ("document", "holder"): "holder_surname",
    ("document",): "document_template",
}


@dataclass(frozen=True)
class FaultOnScreen:
    """One sentence; `column` and `path` say where on the screen, `anchor` is the block there or ""."""

    sentence: str
    column: str
    path: Path
    tab: str
    place: str
    anchor: str

    @property
    def tab_slug(self) -> str:
        """How Wagtail names the tab in the page."""
        return safe_snake_case(str(TABS[self.tab][0]))


def faults_of(draft: ServiceDraft) -> list[FaultOnScreen]:
    """Everything that stops the draft from being published, in the order of the screen."""
    found = [*address_faults(draft)]
    definition = complete(convert.definition_of(draft))
    for fault in [*definition_faults(definition), *series_faults(definition["document"], draft.service_id)]:
        column, rest = column_of(fault.path)
        found.append(on_screen(draft, fault.sentence, column, rest))
    # One sentence for one box is enough: what is empty is also too short and badly written.
    first = {(fault.column, fault.path): fault for fault in reversed(found)}
    order = list(TABS)
    return sorted(
        (fault for fault in found if first[fault.column, fault.path] is fault), key=lambda f: order.index(f.tab)
    )


def address_faults(draft: ServiceDraft) -> Iterator[FaultOnScreen]:
    """The address of a new service is free and can be written in a browser."""
    if draft.service_id:
        return
    if not ADDRESS.fullmatch(draft.slug):
        yield on_screen(
            draft, gettext("Donnez une adresse : des lettres sans accent, des chiffres et des tirets."), "slug", ()
        )
    elif Service.objects.filter(slug=draft.slug).exists():
        yield on_screen(draft, gettext("Cette adresse est celle d’une autre démarche."), "slug", ())


def column_of(path: Path) -> tuple[str, Path]:
    """The column that shows a place of the definition, and what remains of the path inside it.

    What is said of the whole is shown with the address, under "Publication".
    """
    for length in range(min(len(path), 3), 0, -1):
        name = MOVED.get(path[:length])
        if name:
            return in_pair(name, path[length:])
    name = str(path[0]) if path else ""
    return in_pair(name, path[1:]) if name in TAB_OF or f"{name}_fr" in TAB_OF else ("slug", ())


def in_pair(name: str, rest: Path) -> tuple[str, Path]:
    """A text is two columns; without a language, the French one."""
    if name in TAB_OF:
        return name, rest
    language = "en" if rest[:1] == ("en",) else "fr"
    return f"{name}_{language}", rest[1:]


def on_screen(draft: ServiceDraft, sentence: str, column: str, path: Path) -> FaultOnScreen:
    tab = TAB_OF.get(column, "publication")
    words, anchor = [str(TABS[tab][0]), str(convert.column(draft, column).verbose_name)], ""
    for label, block_id in inside(draft, column, path):
        if block_id:
            # "étape 1" says enough: the list it is in need not be named.
            words.pop()
            anchor = f"block-{block_id}-section"
        words.append(label)
    return FaultOnScreen(sentence, column, path, tab, " › ".join(words), anchor)


def inside(draft: ServiceDraft, column: str, path: Path) -> Iterator[tuple[str, str]]:
    """(name, id of the block or "") of each thing on the way, as far as the screen knows it."""
    block: Any = getattr(convert.column(draft, column), "stream_block", None)
    raw: Any = convert.raw_of(draft, column) if block else None
    for part in path:
        items = raw
        block, raw = step_into(block, raw, part)
        if block is None:
            return
        if isinstance(part, int):
            yield numbered(block, part, raw), items[part].get("id") or ""
        else:
            yield str(block.label), ""


def numbered(block: blocks.Block, index: int, raw: Any) -> str:
    """ "question 3 « Nom de l’enfant »"."""
    said = raw.get("label") or raw.get("title") or {} if isinstance(raw, dict) else {}
    title = said.get("fr") if isinstance(said, dict) else ""
    name = f"{block.label} {index + 1}"
    return f"{name} « {title} »" if title else name


def child_of(block: Any, part: str | int) -> Any:
    """The child of a struct, whose name may end with "_" because Python keeps the word; nothing inside a condition."""
    if not isinstance(block, blocks.StructBlock) or isinstance(block, ConditionBlock):
        return None
    return block.child_blocks.get(f"{part}_") or block.child_blocks.get(str(part))


def spot(draft: ServiceDraft, place: str) -> FaultOnScreen:
    """Where a place of the definition is on the screen, for remarks that stop nothing."""
    column, rest = column_of(Fault(place, "").path)
    return on_screen(draft, "", column, rest)


# -- Shown in the form --------------------------------------------------------------------------


def errors_for(draft: ServiceDraft, faults: list[FaultOnScreen]) -> dict[str, ValidationError]:
    """Column → the error its panel shows, down to the box."""
    trees: dict[str, dict] = {}
    for fault in faults:
        tree = trees.setdefault(fault.column, {})
        for part in fault.path:
            tree = tree.setdefault(part, {})
        tree.setdefault("", []).append(fault.sentence)
    return {
        column: error_of(
            getattr(convert.column(draft, column), "stream_block", None),
            convert.raw_of(draft, column) if hasattr(getattr(draft, column), "stream_block") else None,
            tree,
        )
        for column, tree in trees.items()
    }


def error_of(block: Any, raw: Any, tree: dict) -> ValidationError:
    """The error of a block; what is said deeper than the screen goes is said where it ends."""
    own, below = list(tree.get("", [])), {}
    for part, branch in tree.items():
        if part == "":
            continue
        child, value = step_into(block, raw, part)
        if child is None:
            own += sentences_in(branch)
        else:
            below[child.name if isinstance(part, str) else part] = error_of(child, value, branch)
    if isinstance(block, blocks.StructBlock):
        return StructBlockValidationError(below, non_block_errors=own)
    if isinstance(block, blocks.StreamBlock):
        return StreamBlockValidationError(below, non_block_errors=own)
    if isinstance(block, blocks.ListBlock):
        return ListBlockValidationError(below, non_block_errors=own)
    return ValidationError(own)


def step_into(block: Any, raw: Any, part: str | int) -> tuple[Any, Any]:
    if isinstance(part, int):
        if not isinstance(raw, list) or part >= len(raw):
            return None, None
        item = raw[part]
        child = block.child_blocks[item["type"]] if isinstance(block, blocks.StreamBlock) else block.child_block
        return child, item["value"]
    child = child_of(block, part)
    return child, (raw or {}).get(child.name) if child is not None else None


def sentences_in(tree: dict) -> list[str]:
    found = list(tree.get("", []))
    for part, branch in tree.items():
        found += sentences_in(branch) if part != "" else []
    return found


def summary(faults: list[FaultOnScreen]) -> str:
    """How many things remain, in words."""
    count = len(faults)
    return ngettext("Il reste %(count)d point à corriger.", "Il reste %(count)d points à corriger.", count) % {
        "count": count
    }
