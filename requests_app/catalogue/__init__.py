"""What the town hall offers: services and their numbered versions, kept as data.

A `Service` is a name in the list; what a citizen reads, fills in and receives is a `ServiceVersion`,
which never changes once it is published. Others may import `models`, `forms` (render, validate and show
a form), `evidence` (what must be attached), `paper` (what is printed), `publishing` (the only way to
create or publish a version) and `schema.DefinitionError`. This room imports `arrondissements` only, but for its
inner room `builder`, which draws specimens of papers with `civil_status.documents`.
"""
