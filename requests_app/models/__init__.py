"""Tables of the room, one module per subject."""

from requests_app.models.case import REFERENCE_SYMBOLS, Channel, ContactTo, OnBehalf, ServiceRequest
from requests_app.models.codes import OneTimeCode, PhoneCode, TrackingCode
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

__all__ = [
    "REFERENCE_SYMBOLS",
    "SHOWN_INLINE",
    "Channel",
    "ContactTo",
    "Correction",
    "Evidence",
    "FileState",
    "InformationRequest",
    "Message",
    "OnBehalf",
    "OneTimeCode",
    "Opinion",
    "PartialUpload",
    "PhoneCode",
    "SeenPiece",
    "ServiceRequest",
    "TrackingCode",
    "evidence_path",
    "private_storage",
]
