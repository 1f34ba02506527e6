"""Whoever comes in person: tickets of the waiting room, documents handed over, those nobody fetches, paper for the
hours without power.

`handing` gives a document against a proof; `unclaimed` recalls what waits; `slips` numbers the emergency slips and
counts each one, `slip_sheet` prints them; `tickets` orders the waiting room.
"""
