"""What each act would send, in its exact words, and to whom: shown before it is done."""

import copy
import uuid
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from arrondissements.models import Office
from requests_app.catalogue.models import RejectionMotive
from requests_app.messaging import notices
from requests_app.models import InformationRequest, ServiceRequest

# Act → the notice its applicant receives; the others send nothing.
EVENTS = {
    "ask_information": "information_asked",
    "reject": "rejected",
    "transfer": "transferred",
    "issue": "ready",
    "complete": "prepared",
    "close": "closed",
    "write": "letter",
    "amend": "amended",
    "close_duplicate": "duplicate",
}
# A link that is drawn when the act is done; shown as "…".
NOT_YET = uuid.UUID(int=0)


@dataclass(frozen=True)
class Sent:
    """One message: `kind` is "sms" or "email", `to` a phone (+229…) or an address."""

    kind: str
    to: str
    subject: str
    words: str


def of_act(act: str, case: ServiceRequest, **chosen: Any) -> list[Sent]:
    """What `act` would send now; `chosen` (a motive, an office, a message) replaces the words that stand for it."""
    event = EVENTS.get(act)
    if event is None or case.is_trial:
        return []
    shown = copy.copy(case)
    if act == "transfer":
        shown.office = chosen.get("to") or _office_to_choose(case.language)
    rows = notices.notices(shown, event, key="", **_facts(act, case, chosen))
    return [_sent(kind, payload) for kind, payload, _key in rows]


def _facts(act: str, case: ServiceRequest, chosen: dict[str, Any]) -> dict[str, Any]:
    if act == "ask_information":
        return {"asked": InformationRequest(token=NOT_YET, message=chosen.get("message", ""))}
    if act == "reject":
        with override(case.language):
            to_choose = SimpleNamespace(
                label=_("(le motif que vous choisissez)"), remedy=_("(ce que dit ce motif)"), legal_basis=""
            )
        motive: RejectionMotive | SimpleNamespace = chosen.get("motive") or to_choose
        return {"motive": motive}
    return chosen


def _office_to_choose(language: str) -> Office:
    with override(language):
        return Office(name_fr=_("(le bureau que vous choisissez)"))


def _sent(kind: str, payload: dict[str, str]) -> Sent:
    words = payload["text"] if kind == "sms" else payload["body"]
    return Sent(kind, payload["to"], payload.get("subject", ""), words.replace(str(NOT_YET), "…"))
