"""The workshop of services, in the Wagtail admin: an editor creates, tries, publishes and revises a service.

A `ServiceDraft` is the work in progress on one service, possibly incomplete; `convert` turns it into a definition
(the shape of `catalogue.shape`) and back, `faults` says what stops it from being published and where, `acts` holds
what changes something. What citizens read and fill in is never a draft: it is the `ServiceVersion` published from it.
This room imports the catalogue, `arrondissements`, the papers of `civil_status` (for the specimen) and Wagtail only.
"""
