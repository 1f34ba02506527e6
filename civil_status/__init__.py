"""Civil status: what is on paper and proves itself.

Holds the inner room `documents` (issued papers, their numbers, seal, PDF, verification). May import
`arrondissements`; rooms to the right (requests, portal) may import it.
"""
