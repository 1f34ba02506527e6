"""Opinions of experts outside the town hall: they have no account, a link opens one question once, until its deadline.

`asking` holds the acts, `shared` says what of the case the expert sees, `page` is what the link opens. The clerk's
side is in `desk.experts`; opinions of other offices are in `requests_app.opinions`.
"""
