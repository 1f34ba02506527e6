"""What anybody may know of a document from its code: whether it stands, and just enough to compare with the paper."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone

from civil_status.documents.document_codes import index_of
from civil_status.documents.models import IssuedDocument, Status
from civil_status.documents.scans import tally


class Answer(StrEnum):
    """The five answers, as the public contract spells them."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verification:
    """The registry's answer. Everything but `status` is empty for an unknown code."""

    status: Answer
    number: str | None = None
    type: str | None = None
    issued_on: datetime.date | None = None
    office: str | None = None
    holder_masked: str | None = None
    valid_until: datetime.date | None = None
    ended_on: datetime.date | None = None
    replaced_by: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """The public contract: dates as ISO text, absent facts as null."""
        return {
            name: value.isoformat() if isinstance(value, datetime.date) else value for name, value in vars(self).items()
        }


FACTS = (
    "status", "number", "type_label", "issued_on", "office_name", "holder_masked", "valid_until", "revoked_at",
    "replaced_by",
)  # fmt: skip
UNKNOWN = Verification(Answer.UNKNOWN)


def verify(code: str) -> Verification:
    """Look a canonical code up. One query, on the unique index of `code_index`; one more for a replaced document."""
    # No join and no .first(): Django takes longer to write them than PostgreSQL to answer.
    rows = IssuedDocument.objects.filter(code_index=index_of(code)).order_by().values_list(*FACTS)
    answer = next((_read(row) for row in rows), UNKNOWN)
    tally.add(answer.status)
    return answer


def _read(row: tuple) -> Verification:
    status, number, label, issued_on, office, holder, valid_until, revoked_at, new = row
    ended_on = timezone.localdate(revoked_at) if revoked_at else None
    replaced_by = IssuedDocument.objects.values_list("number", flat=True).get(pk=new) if new else None
    return Verification(
        _answer(status, valid_until), number, label, issued_on, office, holder, valid_until, ended_on, replaced_by
    )


def _answer(status: str, valid_until: datetime.date | None) -> Answer:
    if status != Status.VALID:
        return Answer[status]
    return Answer.EXPIRED if valid_until and valid_until < timezone.localdate() else Answer.VALID
