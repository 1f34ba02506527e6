"""What becomes of a file between the citizen's phone and the clerk's eyes.

`arriving` keeps what comes in pieces over a bad line, `checks` judges and rebuilds it, `scanning` asks the
antivirus, `watermark` marks identity papers before staff see them, `purging` erases what has been kept long
enough. `requests_app.filing` attaches and removes; nothing here knows a page.
"""
