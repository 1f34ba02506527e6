"""The kinds of documents, as the seal names them: one integer each, never used twice.

A kind is the service's slug. One that is not listed is sealed under its template's integer, with its name in the
free line, so that a service made without a developer can issue too.
"""

SEAL_TYPES = {
    "permit": 1,
    "certificate": 2,
    "attestation": 3,
    "letter": 4,
    "permis-inhumer": 10,
    "certificat-vie": 20,
    "attestation-souche": 30,
    "attestation-recasement": 31,
    "occupation-domaine-public": 32,
}
# What verifiers read for each integer.
NAMES = {
    1: "Permis",
    2: "Certificat",
    3: "Attestation",
    4: "Lettre",
    10: "Permis d’inhumer",
    20: "Certificat de vie",
    30: "Attestation de souche",
    31: "Attestation de recasement",
    32: "Autorisation d’occupation du domaine public",
}


def seal_type(kind: str, template: str) -> int:
    """The integer of claim 0 for this kind (its own, otherwise its template's)."""
    return SEAL_TYPES.get(kind, SEAL_TYPES[template])
