"""What waits in each office: the groups of the day and their counters, what is looked for, pages, files to take away.

Every list is paged by keyset, so that page 400 costs what page 1 costs; the partial index `queue_by_office` serves
the open cases in the order of their promises, `newest_cases_by_key` those found by a name or a number.
"""

from requests_app.queues.exports import export, export_sheet
from requests_app.queues.groups import COUNTED, Group, Powers, awaiting_signature, counts, signable_by
from requests_app.queues.looking import Looked, cases_of
from requests_app.queues.paging import ORDERS, PAGE_ROWS, Order, Page, Place, order_named, page

__all__ = [
    "COUNTED", "ORDERS", "PAGE_ROWS", "Group", "Looked", "Order", "Page", "Place", "Powers",
    "awaiting_signature", "cases_of", "counts", "export", "export_sheet", "order_named", "page", "signable_by",
]  # fmt: skip
