"""Handing a document over: against a signature, or the one-time code sent to the phone of the request.

The code is for this request and this act only (`purpose`), is counted before it is judged (`tracking`), and a wrong
one hands nothing over. What paper was shown is kept; its number never is.
"""

import base64
import binascii
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from arrondissements.models import User
from requests_app import completion, filing, tracking, workflow
from requests_app.evidence.checks import RefusedFile, Upload, check_upload
from requests_app.models import Evidence, HandOver, ServiceRequest
from requests_app.moving import authorise
from requests_app.states import TRANSITIONS

# The key under which the signature is kept among the files of the case.
PIECE = "hand_over"
DRAWN = "data:image/png;base64,"
LARGEST_DRAWING = 400_000  # signs of base64: 300 kB


@dataclass(frozen=True)
class Proof:
    """What the person gave: a code, a signature drawn (a `data:` address), or the photo of one."""

    code: str = ""
    drawing: str = ""
    photo: Upload | None = None


def send_code(case: ServiceRequest, phone: str, *, by: User) -> None:
    """Send the code of this hand-over to `phone`, one of those the request tells. Raises `Refused`."""
    authorise("deliver", case, by)
    _refuse_now(case)
    if phone not in case.told_phones:
        raise workflow.Refused(_("Ce numéro n’est pas celui de la demande. Faites signer la personne."))
    if case.is_trial:
        raise workflow.Refused(_("Un essai n’envoie aucun SMS. Faites signer."))
    reference = case.shown_reference
    sent = tracking.send_phone_code(
        phone,
        language=case.language,
        known=True,
        purpose=_purpose(case),
        event="hand_over_code",
        reference=reference,
    )
    if not sent:
        raise workflow.Refused(
            _("Trop de codes ont été demandés pour ce téléphone depuis une heure. Faites signer la personne.")
        )


def hand_over(
    case: ServiceRequest, *, by: User, recipient: str, identity: str, proof: Proof, phone: str = ""
) -> HandOver:
    """Hand the document of `case` over to `recipient` against `proof`; `phone` received the code. Raises `Refused`."""
    authorise("deliver", case, by)
    _refuse_now(case)
    if proof.code:
        _redeem(case, phone, proof.code)
        return workflow.deliver(case, by=by, handed=workflow.Handed(recipient, identity, by_code=True))
    upload = _signature(proof)
    try:
        clean = check_upload(upload)
    except RefusedFile as refusal:
        raise workflow.Refused(str(refusal)) from refusal
    if clean.media_type == "application/pdf":
        raise workflow.Refused(_("La signature est une photo, pas un PDF. Photographiez la feuille signée."))
    with transaction.atomic():
        kept = filing.keep_file(case, PIECE, clean, _("signature"))
        return workflow.deliver(case, by=by, handed=workflow.Handed(recipient, identity, signature=kept))


def receipt_of(case: ServiceRequest) -> HandOver | None:
    """How the document was handed over, when it was. 1 query for a delivered case, else none."""
    if case.state != TRANSITIONS["deliver"].target:
        return None
    return HandOver.objects.filter(case=case).select_related("by", "signature").first()


def signature_of(case: ServiceRequest) -> Evidence | None:
    """The signature that was given, if one was and is still kept."""
    receipt = receipt_of(case)
    return receipt.signature if receipt and receipt.signature and receipt.signature.file else None


def _refuse_now(case: ServiceRequest) -> None:
    """Refuse before anything is sent or kept: not ready any more, or never handed over here."""
    if case.state not in TRANSITIONS["deliver"].sources:
        raise workflow.TooLate(case)
    completion.refuse_to_deliver(case)


def _redeem(case: ServiceRequest, phone: str, code: str) -> None:
    code = "".join(code.split())
    if phone in case.told_phones and tracking.redeem_phone_code(phone, code, purpose=_purpose(case)):
        return
    raise workflow.Refused(
        _(
            "Ce code n’est pas le bon, ou il ne sert plus : il dure 10 minutes, et 5 essais par heure. "
            "Rien n’est remis. Faites signer la personne, ou envoyez un autre code."
        )
    )


def _signature(proof: Proof) -> Upload:
    if proof.photo is not None:
        return proof.photo
    if not proof.drawing:
        raise workflow.Refused(_("Faites signer la personne, ou demandez-lui le code reçu sur son téléphone."))
    try:
        if not proof.drawing.startswith(DRAWN) or len(proof.drawing) > LARGEST_DRAWING:
            raise ValueError
        picture = base64.b64decode(proof.drawing.removeprefix(DRAWN), validate=True)
    except (ValueError, binascii.Error):
        raise workflow.Refused(_("La signature n’est pas arrivée entière. Faites-la dessiner à nouveau.")) from None
    return SimpleUploadedFile("signature.png", picture, "image/png")


def _purpose(case: ServiceRequest) -> str:
    return f"hand-over:{case.pk}"
