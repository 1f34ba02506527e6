"""How static files are named when they are collected: by their content, so that a browser keeps them a year."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class NamedByContent(CompressedManifestStaticFilesStorage):
    """Compressed beforehand, and a script that imports another names it by its content too."""

    support_js_module_import_aggregation = True
