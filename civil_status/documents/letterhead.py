"""What stands at the top of every paper, and the address verifiers must trust.

The wording follows the papers of the town hall; no coat of arms and no imitation of the State's own acts.
"""

from django.conf import settings

from civil_status.documents.content import Draft


def lines() -> tuple[str, ...]:
    """State, motto, département, town hall: another city sets `DOCUMENT_LETTERHEAD` and `TOWN_HALL`."""
    return (*settings.DOCUMENT_LETTERHEAD, settings.TOWN_HALL)


def place() -> str:
    """The town in "Fait à …"."""
    return settings.DOCUMENT_PLACE


def site() -> str:
    """The only address that verifies: the short host when the town hall has one, otherwise the site's own."""
    return (
        f"https://{settings.DOCUMENT_SHORT_HOST}"
        if settings.DOCUMENT_SHORT_HOST
        else settings.SITE_BASE_URL.rstrip("/")
    )


def closing(draft: Draft) -> str:
    """The formula that ends certificates and attestations; a permit and a letter say what they say and no more."""
    if draft.template in ("permit", "letter"):
        return ""
    noun = (draft.title or draft.type_label).split()[0].lower()
    issued = f"la présente {noun} est délivrée" if noun.endswith("tion") else f"le présent {noun} est délivré"
    return f"En foi de quoi, {issued} pour servir et valoir ce que de droit."
