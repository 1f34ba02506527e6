"""The circuit of a version: how it is delivered, who must look at it, what happens when nobody answers."""

from dataclasses import dataclass
from typing import Any

from requests_app.catalogue.translated import in_active_language

DOWNLOAD, COUNTER = "download", "counter"


@dataclass(frozen=True)
class Circuit:
    """What `flow` says, with what it leaves out; `has_document` because only a document is downloaded."""

    flow: dict[str, Any]
    has_document: bool

    @property
    def downloads(self) -> bool:
        """Whether the citizen may download the document."""
        return self.has_document and DOWNLOAD in self._delivery

    @property
    def at_counter(self) -> bool:
        """Whether it is handed over at the office; a file without a document always is."""
        return not self.has_document or COUNTER in self._delivery

    @property
    def four_eyes(self) -> bool:
        """Whether who accepts a request without a document is not who completes it; a document is always signed so."""
        return bool(self.flow.get("four_eyes")) and not self.has_document

    @property
    def appointment(self) -> bool:
        return bool(self.flow.get("appointment"))

    @property
    def appointment_note(self) -> str:
        """How to get the appointment, in the active language."""
        return in_active_language(self.flow.get("appointment_note"))

    @property
    def opinions(self) -> list[dict[str, Any]]:
        """The opinions foreseen, each {"office", "question", "days", "required"?, "when"?}."""
        return list(self.flow.get("opinions", []))

    @property
    def silence_days(self) -> int:
        """Working days without an answer after which something is done; 0: never."""
        silence = self.flow.get("silence", {})
        return int(silence["after_days"]) if silence.get("effect") in ("reminder", "escalation") else 0

    @property
    def escalates(self) -> bool:
        return self.flow.get("silence", {}).get("effect") == "escalation"

    @property
    def silence_basis(self) -> str:
        """The text that gives the delay, in the active language; "" when it is only the town hall's wish."""
        return in_active_language(self.flow.get("silence", {}).get("legal_basis"))

    @property
    def may_overflow(self) -> bool:
        """Whether another office may help to instruct; the competent one stays competent and signs."""
        return "overflow" in self.flow

    @property
    def overflow_days(self) -> int:
        """Working days after the filing before help may be asked for."""
        return int(self.flow.get("overflow", {}).get("after_days", 0))

    @property
    def overflow_basis(self) -> str:
        """What allows another office to help, in the active language."""
        return in_active_language(self.flow.get("overflow", {}).get("basis"))

    @property
    def _delivery(self) -> list[str]:
        return list(self.flow.get("delivery", [DOWNLOAD, COUNTER]))
