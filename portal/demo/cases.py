"""Requests as citizens of the demonstration would file them, through the same acts."""

import datetime
import io
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from requests_app import filing, workflow
from requests_app.catalogue.models import Service
from requests_app.models import Channel, ServiceRequest

TODAY = "today"


@dataclass(frozen=True)
class Filing:
    """What one citizen fills in. Dates are given as days from today, so that the rules always hold."""

    service: str
    name: str
    phone: str
    answers: dict[str, Any]
    dates: dict[str, int] = field(default_factory=dict)
    pieces: tuple[str, ...] = ("identity",)
    email: str = ""

    def all_answers(self) -> dict[str, Any]:
        """The answers with their dates as ISO text."""
        today = timezone.localdate()
        return self.answers | {key: (today + datetime.timedelta(days)).isoformat() for key, days in self.dates.items()}


BURIAL = Filing(
    "permis-inhumer",
    "Hounkpatin Sourou",
    "+2290197000001",
    {
        "surname": "HOUNKPATIN",
        "given_names": "Codjo Gérard",
        "birth_date": "1948-04-17",
        "death_place": "Cotonou",
        "cemetery": "Cimetière municipal (exemple)",
        "burial_ground": "public",
        "grave_number": "1187",
        "grave_location": "Carré 12, rangée 4",
        "relation": "child",
    },
    dates={"death_date": -3, "burial_date": 4},
    pieces=("identity", "death_certificate", "grave_receipt"),
)
LIFE = Filing(
    "certificat-vie",
    "Awa Sènan Dossou-Yovo",
    "+2290196000002",
    {
        "surname": "DOSSOU-YOVO",
        "given_names": "Awa Sènan",
        "birth_date": "1957-09-02",
        "birth_place": "Porto-Novo",
        "residence": "1:Dandji",
        "address": "Maison Dossou-Yovo, derrière l’école",
        "purpose": "pension_benin",
        "can_come": True,
    },
    email="awa@example.org",
)
STUB = Filing(
    "attestation-souche",
    "Mawunyo Akplogan",
    "+2290195000003",
    {
        "record_kind": "birth",
        "registration_office": "arrondissement-1",
        "record_year": 1998,
        "record_number": "1187",
        "surname": "AKPLOGAN",
        "given_names": "Mawunyɔ́ Ɖɔ̀nanɖé",
        "birth_date": "1998-04-17",
        "father_name": "AKPLOGAN Codjo",
        "mother_name": "AGBODJAN Afiavi",
        "relation": "self",
        "purpose": "Dossier de concours",
    },
)
STALL = Filing(
    "occupation-domaine-public",
    "Grâce Adjovi",
    "+2290194000004",
    {
        "surname": "ADJOVI",
        "given_names": "Grâce",
        "organisation": "Chez Grâce",
        "place_quarter": "5:Gbéto",
        "place_description": "Devant la boutique, côté trottoir",
        "surface": 6,
        "activity": "stall",
        "activity_details": "Vente de fruits, le matin.",
        "duration_months": 3,
        "revocable": True,
    },
    dates={"start_date": 20},
    pieces=("identity", "place_photo"),
)
PLOT = Filing(
    "attestation-recasement",
    "Rock Houessou",
    "+2290199000005",
    {
        "request_kind": "first",
        "surname": "HOUESSOU",
        "given_names": "Rock",
        "birth_date": "1971-12-30",
        "plot_quarter": "13:Agla-Akplomey",
        "plot_lot": "62",
        "plot_number": "K",
        "acquired_by": "sale",
    },
    pieces=("identity", "plot_fee_receipt", "ownership_proof"),
)
EXAMPLES = {example.service: example for example in (BURIAL, LIFE, STUB, STALL, PLOT)}


def draft(
    example: Filing,
    *,
    channel: str = Channel.WEB,
    language: str = "fr",
    name: str = "",
    phone: str = "",
    **answers: Any,
) -> ServiceRequest:
    """A complete draft, step by step; `name`, `phone` and `answers` change the example's."""
    service = Service.objects.select_related("current").get(slug=example.service)
    case = filing.start(service, language=language, channel=channel)
    given = example.all_answers() | answers
    for index, step in enumerate(case.version.steps):
        filing.save_step(case, index, {f["key"]: given.get(f["key"]) for f in step["fields"]})
    filing.save_contact(case, name=name or example.name, phone=phone or example.phone, email=example.email)
    for piece in example.pieces:
        filing.attach(case, piece, picture(f"{piece}.jpg", f"{piece} {example.name}"))
    return case


def file(example: Filing, *, promised_in: int | None = None, **options: Any) -> ServiceRequest:
    """File it; `promised_in` moves its promise to so many days from today (late when negative), its filing with it."""
    case = workflow.submit(draft(example, **options))
    if promised_in is not None:
        due_on = timezone.localdate() + datetime.timedelta(days=promised_in)
        filed_at = timezone.now() - datetime.timedelta(days=7 - promised_in)
        moved = {"submitted_at": filed_at, "complete_at": filed_at, "promised_on": due_on, "due_on": due_on}
        ServiceRequest.objects.filter(pk=case.pk).update(**moved)
        case.refresh_from_db()
    return case


def picture(name: str, text: str) -> Any:
    """A small photograph to attach: words on a plain ground."""
    image = Image.new("RGB", (640, 420), "#f3efe6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 620, 400), outline="#0b4f57", width=4)
    draw.multiline_text((60, 150), f"SPECIMEN\n{text}", fill="#333333", font=ImageFont.load_default(34), spacing=14)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")
