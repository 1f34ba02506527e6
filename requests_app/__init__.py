"""What citizens ask for: the case, its states and acts, evidence, messages.

Inner rooms: `catalogue` (services and their frozen versions), `messaging` (e-mail and SMS), `citizen` and
`desk` (the pages of those who ask and of those who answer).
`workflow` is the only writer of a case's state; nobody gets a case except through `access`.
May import `civil_status` and `arrondissements`; `portal` is the only room that may import it.
"""
