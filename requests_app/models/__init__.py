"""Tables of the room, one module per subject."""

from requests_app.models.batch import Batch, BatchAct, BatchRow, RowState
from requests_app.models.case import REFERENCE_SYMBOLS, Channel, ContactTo, OnBehalf, ServiceRequest
from requests_app.models.codes import OneTimeCode, PhoneCode, TrackingCode
from requests_app.models.counter import (
    EmergencySlip,
    HandOver,
    IdentityPaper,
    Purpose,
    SlipState,
    Ticket,
    TicketState,
    UnclaimedNotice,
    UnclaimedStep,
)
from requests_app.models.desk import CaseLabel, DuplicateVerdict, Label, LabelTone, SavedView, SearchKey
from requests_app.models.evidence import (
    SHOWN_INLINE,
    Evidence,
    FileState,
    PartialUpload,
    SeenPiece,
    evidence_path,
    private_storage,
)
from requests_app.models.exchange import Correction, InformationRequest, Message, Opinion
from requests_app.models.promises import Capacity, Escalation, EscalationRule, Handling, Help, Pause, Told

__all__ = [
    "REFERENCE_SYMBOLS",
    "SHOWN_INLINE",
    "Batch",
    "BatchAct",
    "BatchRow",
    "Capacity",
    "CaseLabel",
    "Channel",
    "ContactTo",
    "Correction",
    "DuplicateVerdict",
    "EmergencySlip",
    "Escalation",
    "EscalationRule",
    "Evidence",
    "FileState",
    "HandOver",
    "Handling",
    "Help",
    "IdentityPaper",
    "InformationRequest",
    "Label",
    "LabelTone",
    "Message",
    "OnBehalf",
    "OneTimeCode",
    "Opinion",
    "PartialUpload",
    "Pause",
    "PhoneCode",
    "Purpose",
    "RowState",
    "SavedView",
    "SearchKey",
    "SeenPiece",
    "ServiceRequest",
    "SlipState",
    "Ticket",
    "TicketState",
    "Told",
    "TrackingCode",
    "UnclaimedNotice",
    "UnclaimedStep",
    "evidence_path",
    "private_storage",
]
