"""A town of people who do not exist: their names, who serves them, and what they asked for in three years.

`manage.py load_cases` and the benchmark fill a PostgreSQL database with it: the persons are drawn in Python, with the
same functions as a filing uses for what is derived from a name; their cases, what was asked of them and the journal
are made by the database itself. The same seed on an empty database gives the same town, seen from today.

Nobody can be written to by mistake: the phones begin with 01 00, which no operator uses, the addresses are of
`example.org`, and the cases are made without the acts that tell people of them.
"""
