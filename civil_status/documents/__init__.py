"""Documents that prove themselves: number, frozen content, seal, QR, PDF, revocation, verification.

Others call `issuance` (issue, revoke, replace), `rendering` (render, open_pdf, preview_html,
preview_pdf), `verification.verify` and the content classes of `content`; the rest is private.
Imports `arrondissements` only.
"""
