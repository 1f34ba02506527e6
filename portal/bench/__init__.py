"""What the portal can do, measured: each figure beside its own floor, in the same run.

One module per benchmark (`submit`, `verify`, `queue`, `case_page`, `morning`, `form_…`), its floor beside it; those
of the desk look at one town of people who do not exist (`desks`, `portal.town`), a million cases of it if asked. A
floor is the least that any program doing the same work on the same machine would need, so that a ratio says more
than a speed: machines differ and are noisy, the ratio moves little. Subject and floor take turns (A B A B …) and
medians are compared.

Everything happens in a PostgreSQL database and a folder of the run's own, dropped at the end: `manage.py bench`
never reads nor writes the data of the site.
"""

NAMES = (
    "issue", "verify", "queue", "names", "case_page", "dashboard", "scope", "morning", "submit",
    "form_render", "form_step", "form_growth",
)  # fmt: skip
