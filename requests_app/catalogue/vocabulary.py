"""The words of the screen for what a definition calls by a short name: boxes and faults say the same.

A definition is a file; whoever writes it sees boxes. `box` gives the name of the box of a property, `place_in_words`
the way to it ("étape 1 › question 3 › aide"), `value_in_words` those of a value that is one of a list.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arrondissements.models import Role
from requests_app.catalogue.models import DocumentTemplate, FeeStatus, Mode, ProcessingStatus

Words = str | Promise
OPERATORS: dict[str, Words] = {
    "equals": _("est"),
    "differs": _("n’est pas"),
    "in": _("est dans la liste"),
    "not_in": _("n’est pas dans la liste"),
    "contains": _("comprend"),
    "greater": _("est plus grand que"),
    "at_least": _("est au moins"),
    "less": _("est plus petit que"),
    "at_most": _("est au plus"),
    "age_at_least": _("a au moins … ans"),
    "age_below": _("a moins de … ans"),
    "empty": _("est vide"),
    "answered": _("est rempli"),
}
TYPES: dict[str, Words] = {
    "text": _("Texte court"),
    "long_text": _("Texte long"),
    "email": _("Adresse électronique"),
    "phone": _("Téléphone"),
    "integer": _("Nombre entier"),
    "decimal": _("Nombre à virgule"),
    "amount": _("Montant en F CFA"),
    "date": _("Date"),
    "approximate_date": _("Date approximative (« vers 1962 »)"),
    "time": _("Heure"),
    "yes_no": _("Oui ou non"),
    "choice": _("Choix d’une réponse"),
    "choices": _("Choix de plusieurs réponses"),
    "linked_choice": _("Deux choix liés"),
    "declaration": _("Déclaration sur l’honneur"),
    "name": _("Nom ou prénoms"),
    "person": _("Personne (nom, prénoms, naissance)"),
    "npi": _("NPI"),
    "ifu": _("IFU"),
    "rccm": _("RCCM"),
    "record_reference": _("Référence d’un acte d’état civil"),
    "registration_office": _("Bureau qui tient le registre"),
    "arrondissement": _("Arrondissement"),
    "quartier": _("Quartier"),
    "place": _("Arrondissement puis quartier"),
    "address": _("Adresse avec un repère"),
    "map_point": _("Point sur une carte"),
    "file": _("Fichier"),
    "photo": _("Photo"),
    "signature": _("Signature dessinée"),
    "heading": _("Intertitre"),
    "explanation": _("Explication"),
    "group": _("Groupe répété (plusieurs personnes, plusieurs biens…)"),
}
PERSONAL: dict[str, Words] = {
    "none": _("aucune donnée personnelle"),
    "contact": _("coordonnées"),
    "identity": _("identité"),
    "family": _("famille"),
    "location": _("lieu de vie"),
    "financial": _("argent"),
    "sensitive": _("sensible (santé, religion, justice…)"),
}
FORMATS: dict[str, Words] = {"photo": _("photo"), "pdf": _("PDF")}
LIMITS: dict[str, Words] = {"past": _("dans le passé"), "future": _("à venir"), "any": _("toutes")}
CONFIDENCES: dict[str, Words] = {"high": _("haute"), "medium": _("moyenne"), "low": _("faible")}
FEE_KINDS: dict[str, Words] = {
    "base": _("montant fixe"),
    "per_copy": _("par exemplaire"),
    "slab": _("par tranches"),
}
ROUTES: dict[str, Words] = {
    "arrondissement_of": _("au bureau de l’arrondissement donné en réponse"),
    "office_of": _("au bureau choisi en réponse"),
    "central": _("à ce bureau de la mairie"),
}
SILENCES: dict[str, Words] = {
    "nothing": _("rien"),
    "reminder": _("un rappel au bureau"),
    "escalation": _("un rappel au chef de bureau"),
}
DELIVERIES: dict[str, Words] = {"download": _("téléchargement"), "counter": _("au guichet")}
# Property whose value is one of a list → the words of each.
CHOICES: dict[str, dict[str, Words]] = {
    "mode": dict(Mode.choices),
    "fee_status": dict(FeeStatus.choices),
    "processing_status": dict(ProcessingStatus.choices),
    "signatory_role": dict(Role.choices),
    "document_template": dict(DocumentTemplate.choices),
    "type": TYPES,
    "is": OPERATORS,
    "personal": PERSONAL,
    "formats": FORMATS,
    "limit": LIMITS,
    "confidence": CONFIDENCES,
    "kind": FEE_KINDS,
    "by": ROUTES,
    "effect": SILENCES,
    "delivery": DELIVERIES,
}

# Property → its box, wherever it is; and those whose name depends on what they are in.
BOXES: dict[str, Words] = {
    "after_days": _("silence après (jours)"),
    "all": _("toutes ces conditions sont vraies"),
    "amount": _("montant en F CFA"),
    "answers": _("réponses"),
    "any": _("au moins une de ces conditions est vraie"),
    "appointment": _("rendez-vous nécessaire"),
    "appointment_note": _("ce qu’il faut savoir du rendez-vous"),
    "autocomplete": _("remplissage par le navigateur"),
    "basis": _("texte qui le permet"),
    "beneficiary": _("bénéficiaire"),
    "birth": _("naissance du titulaire (clé)"),
    "birth_place": _("lieu de naissance du titulaire (clé)"),
    "body": _("paragraphes"),
    "by": _("envoyer"),
    "choices": _("réponses possibles"),
    "confidence": _("confiance"),
    "confidence_note": _("ce qui reste à vérifier"),
    "days": _("délai en jours"),
    "decimals": _("chiffres après la virgule"),
    "default": _("bureau par défaut"),
    "delivery": _("remise"),
    "document": _("document"),
    "document_template": _("modèle de document"),
    "effect": _("effet du silence"),
    "eligibility": _("conditions d’accès"),
    "en": _("anglais"),
    "evidence": _("pièces justificatives"),
    "example": _("à quoi ressemble une bonne pièce"),
    "exemptions": _("exonérations"),
    "external_url": _("adresse extérieure"),
    "fee_amount": _("droits en francs CFA"),
    "fee_note": _("précision sur les droits"),
    "fee_status": _("état des droits"),
    "fees": _("calcul des droits"),
    "field": _("question (sa clé)"),
    "fields": _("questions"),
    "flow": _("circuit"),
    "form": _("formulaire"),
    "formats": _("formats acceptés"),
    "four_eyes": _("une personne décide, une autre termine"),
    "fr": _("français"),
    "from": _("à partir du"),
    "given_names": _("prénoms du titulaire (clé)"),
    "help": _("aide"),
    "holder": _("titulaire du document"),
    "identity": _("pièce d’identité : les agents la voient avec un filigrane"),
    "intro": _("introduction"),
    "is": _("comparaison"),
    "issuing_authority": _("autorité de délivrance"),
    "item_label": _("nom d’un élément"),
    "key": _("clé"),
    "kind": _("calcul"),
    "label": _("question"),
    "legal_basis": _("base légale"),
    "limit": _("dates permises"),
    "max": _("au plus"),
    "max_days": _("jours d’écart au plus"),
    "max_files": _("fichiers au plus"),
    "max_items": _("éléments au plus"),
    "max_length": _("signes au plus"),
    "message": _("pourquoi"),
    "min": _("au moins"),
    "min_items": _("éléments au moins"),
    "min_length": _("signes au moins"),
    "mode": _("mode"),
    "office": _("bureau"),
    "on": _("âge à la date de (clé)"),
    "opinions": _("avis demandés à d’autres services"),
    "overflow": _("si le bureau est surchargé"),
    "pattern": _("forme attendue"),
    "pattern_message": _("phrase quand la forme est fausse"),
    "percent": _("part en %"),
    "personal": _("donnée personnelle"),
    "printed": _("tableau"),
    "processing_days": _("délai en jours ouvrés"),
    "processing_note": _("précision sur le délai"),
    "processing_status": _("état du délai"),
    "quantity": _("question qui compte (sa clé)"),
    "question": _("question posée"),
    "reason": _("motif"),
    "required": _("réponse obligatoire"),
    "retention_days": _("conservation (jours)"),
    "reuse": _("peut être reprise d’une demande précédente, si la personne est d’accord"),
    "routing": _("orientation"),
    "rules": _("règles"),
    "samples": _("essais d’orientation"),
    "series": _("série du numéro"),
    "shares": _("partage"),
    "signatory_role": _("rôle du signataire"),
    "silence": _("si la mairie ne répond pas"),
    "slabs": _("tranches"),
    "soft_required": _("si elle est laissée vide, la redemander une fois"),
    "sources": _("sources"),
    "steps": _("étapes"),
    "summary": _("résumé"),
    "surname": _("nom du titulaire (clé)"),
    "text": _("paragraphe"),
    "title": _("titre"),
    "type": _("sorte de question"),
    "unit": _("unité"),
    "until": _("jusqu’au"),
    "up_to": _("jusqu’à (compris)"),
    "url": _("adresse d’une page"),
    "validity_days": _("validité en jours"),
    "value": _("valeur"),
    "what_to_bring": _("ce qu’il faut apporter"),
    "when": _("condition"),
    "where": _("où aller à la place"),
    "where_to_go": _("où aller"),
    "year_alone": _("l’année seule suffit"),
}
WITHIN: dict[tuple[str, str], Words] = {
    ("steps", "title"): _("titre de l’étape"),
    ("steps", "when"): _("étape demandée seulement si"),
    ("fields", "when"): _("posée seulement si"),
    ("fields", "fields"): _("questions du groupe"),
    ("choices", "label"): _("réponse"),
    ("choices", "value"): _("clé de la réponse"),
    ("choices", "choices"): _("deuxième liste"),
    ("eligibility", "when"): _("la démarche est impossible si"),
    ("evidence", "label"): _("pièce"),
    ("evidence", "required"): _("obligatoire"),
    ("evidence", "when"): _("demandée seulement si"),
    ("fees", "label"): _("droit"),
    ("fees", "legal_basis"): _("texte qui fixe ce droit"),
    ("fees", "when"): _("dû seulement si"),
    ("exemptions", "legal_basis"): _("texte"),
    ("exemptions", "when"): _("n’est pas dû si"),
    ("rules", "field"): _("question qui donne le lieu (sa clé)"),
    ("rules", "reason"): _("pourquoi ce bureau, dit au citoyen"),
    ("rules", "when"): _("seulement si"),
    ("samples", "office"): _("bureau attendu"),
    ("opinions", "office"): _("service consulté"),
    ("opinions", "required"): _("la décision attend cet avis"),
    ("opinions", "when"): _("demandé seulement si"),
    ("body", "when"): _("imprimé seulement si"),
    ("printed", "label"): _("intitulé"),
    ("sources", "text"): _("source"),
    ("silence", "legal_basis"): _("texte sur le silence"),
    ("overflow", "after_days"): _("aide d’un autre bureau après (jours ouvrés)"),
    ("document", "title"): _("titre du document"),
    ("document", "legal_basis"): _("visas"),
}
# List → one thing of it, as it is counted.
ITEMS: dict[str, Words] = {
    "all": _("comparaison"),
    "any": _("comparaison"),
    "body": _("paragraphe"),
    "choices": _("réponse"),
    "eligibility": _("condition d’accès"),
    "evidence": _("pièce"),
    "exemptions": _("exonération"),
    "fees": _("droit"),
    "fields": _("question"),
    "formats": _("format"),
    "legal_basis": _("texte"),
    "opinions": _("avis"),
    "printed": _("ligne"),
    "rules": _("règle"),
    "samples": _("essai d’orientation"),
    "shares": _("part"),
    "slabs": _("tranche"),
    "sources": _("source"),
    "steps": _("étape"),
    "what_to_bring": _("chose à apporter"),
}


def box(name: str, within: Iterable[str | int] = ()) -> str:
    """The box of the property `name` of what is at the path `within`; a name we do not know is given back as it is."""
    holders = [part for part in within if isinstance(part, str)]
    return str(WITHIN.get((holders[-1] if holders else "", name)) or BOXES.get(name) or name)


def boxes(names: Iterable[str], within: Iterable[str | int] = ()) -> str:
    """ "« titre », « aide »"."""
    way = list(within)
    return ", ".join(f"« {box(name, way)} »" for name in names)


def value_in_words(name: str, value: Any) -> str:
    """The words of a value of the property `name`; a value that is none of the list is given back as it is."""
    return str(CHOICES.get(name, {}).get(value, value))


def place_in_words(path: Iterable[str | int]) -> str:
    """The way to a place of the definition: "formulaire › étape 1 › question 3 › aide"."""
    way = list(path)
    words: list[str] = []
    for position, part in enumerate(way):
        if isinstance(part, str):
            words.append(box(part, way[:position]))
        else:
            # "étape 1" says enough: the list it is in need not be named.
            words[-1:] = [f"{ITEMS.get(str(way[position - 1]), words[-1] if words else '')} {part + 1}"]
    return " › ".join(words)
