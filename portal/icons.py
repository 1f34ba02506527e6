"""The site's own line icons, drawn on a 24 × 24 grid and written inside the page: no extra request."""

from typing import Final

PATHS: Final[dict[str, str]] = {
    "alert": '<path d="M12 3 2 20h20L12 3zm0 7v4m0 3h.01"/>',
    "arrow": '<path d="M5 12h14m-6-6 6 6-6 6"/>',
    "bag": '<path d="M4 8h16v12H4zM9 8V5h6v3M4 13h16"/>',
    "building": '<path d="M4 21V9l8-5 8 5v12M2 21h20M9 21v-6h6v6M8 11h.01M12 11h.01M16 11h.01"/>',
    "bell": '<path d="M6 16V11a6 6 0 0 1 12 0v5l2 2H4zm4 5h4"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10h16M8 3v4m8-4v4"/>',
    "card": '<path d="M3 5h18v14H3zm4 5h4v5H7zm8 0h3m-3 4h3"/>',
    "check": '<path d="m5 12 5 5L20 7"/>',
    "child": '<circle cx="12" cy="6" r="3"/><path d="M6 21v-4a6 6 0 0 1 12 0v4M9 14l3 3 3-3"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "coins": '<ellipse cx="12" cy="6" rx="7" ry="3"/><path d="M5 6v6c0 4 14 4 14 0V6M5 12v6c0 4 14 4 14 0v-6"/>',
    "document": '<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6m-6 4h6"/>',
    "download": '<path d="M12 4v11m-5-4 5 5 5-5M4 20h16"/>',
    "external": '<path d="M14 4h6v6m0-6-9 9M18 14v6H4V6h6"/>',
    "home": '<path d="m3 11 9-7 9 7M6 9v11h12V9M10 20v-6h4v6"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5m0-8h.01"/>',
    "leaf": '<path d="M12 21V10m0 4c-5 0-7-3-7-7 4 0 7 2 7 7zm0-3c0-4 2-7 7-8 0 5-2 8-7 8z"/>',
    "lock": '<path d="M6 11h12v9H6zm2 0V8a4 4 0 0 1 8 0v3"/>',
    "mail": '<path d="M3 6h18v12H3zm0 1 9 6 9-6"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "minus": '<path d="M6 12h12"/>',
    "pen": '<path d="m4 20 1-5L16 4l4 4L9 19zM14 6l4 4"/>',
    "phone": '<path d="M5 3h4l2 5-3 2a12 12 0 0 0 6 6l2-3 5 2v4c0 1-1 2-2 2C10 20 4 14 3 5c0-1 1-2 2-2z"/>',
    "pin": '<path d="M12 21s7-6 7-12a7 7 0 0 0-14 0c0 6 7 12 7 12z"/><circle cx="12" cy="9" r="2.5"/>',
    "print": '<path d="M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z"/>',
    "question": '<circle cx="12" cy="12" r="9"/><path d="M9.5 9a2.5 2.5 0 1 1 3.5 2.5c-1 .5-1 1-1 2m0 3h.01"/>',
    "rings": '<circle cx="9" cy="13" r="6"/><circle cx="15" cy="13" r="6"/><path d="m13 4 2-2 2 2-2 2z"/>',
    "scan": '<path d="M4 8V4h4m8 0h4v4m0 8v4h-4m-8 0H4v-4m4-4 3 3 5-6"/>',
    "search": '<circle cx="11" cy="11" r="7"/><path d="m16 16 5 5"/>',
    "swap": '<path d="M4 8h14l-4-4m6 12H6l4 4"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21c0-9 16-9 16 0"/>',
}

# Life events (requests_app.catalogue) → icon; anything new gets "document".
LIFE_EVENTS: Final[dict[str, str]] = {
    "BIRTH_FAMILY": "child",
    "MARRIAGE": "rings",
    "DEATH": "leaf",
    "HOUSING_LAND": "home",
    "WORK_TRADE": "bag",
    "PAPERS": "card",
}

# State of a request or of a document → (tone, icon). The word always stands beside them.
STATES: Final[dict[str, tuple[str, str]]] = {
    "DRAFT": ("quiet", "pen"),
    "SUBMITTED": ("info", "mail"),
    "UNDER_REVIEW": ("info", "clock"),
    "NEEDS_INFORMATION": ("warn", "question"),
    "ACCEPTED": ("good", "check"),
    "READY": ("good", "document"),
    "DELIVERED": ("good", "check"),
    "REJECTED": ("bad-tone", "close"),
    "CLOSED": ("quiet", "lock"),
    "WITHDRAWN": ("quiet", "minus"),
    "VALID": ("good", "check"),
    "REPLACED": ("warn", "swap"),
    "EXPIRED": ("warn", "clock"),
    "REVOKED": ("bad-tone", "close"),
    "ALTERED": ("bad-tone", "alert"),
    "UNKNOWN": ("bad-tone", "question"),
    "LATE": ("bad-tone", "alert"),
    "DUE_TODAY": ("warn", "clock"),
}
