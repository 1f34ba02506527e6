"""People and places, and the mechanisms every act relies on.

Holds users, the 13 arrondissements, their quartiers and offices, who serves where (postings) and who
may sign (delegations), the working calendar, `routing` (which office is competent), the journal and
the outbox. The leftmost room: it imports Django and libraries only; every room may import it.
"""
