"""HTML to PDF, tuned: one press per process, warm fonts, no network, PDF/A-3a and PDF/UA-1 in one file.

WeasyPrint writes one conformance at a time: the second one is added to the metadata with its extension schema, and
the tags both standards check are put right before the file is closed. WeasyPrint is imported on first use only: it
takes seconds and tens of megabytes that the web workers do not need.
"""

import threading
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

ASSETS = Path(__file__).parent
STYLESHEET = ASSETS / "paper.css"
FONTS = ASSETS / "fonts"
PIXEL = 0.75  # CSS pixels to PDF points

SECOND_CONFORMANCE = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>'
    b'<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>"
    b"<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property>"
    b"</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"
)


class Press:
    """What is loaded once: WeasyPrint, the fonts and the parsed style sheet."""

    def __init__(self) -> None:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        self.weasyprint = weasyprint
        # Shared on purpose: a configuration per document leaks several megabytes each time.
        self.fonts = FontConfiguration()
        self.fetcher = bundled_only()
        self.styles = [
            weasyprint.CSS(
                string=STYLESHEET.read_text(), font_config=self.fonts, url_fetcher=self.fetcher, base_url="bundle:/"
            )
        ]
        # Pango's font map serves one document at a time.
        self.lock = threading.Lock()

    def print(self, html: str, *, identifier: bytes) -> bytes:
        """Return the PDF of `html`; the same text and `identifier` give the same bytes."""
        with self.lock:
            source = self.weasyprint.HTML(string=html, base_url="bundle:/", url_fetcher=self.fetcher)
            document = source.render(stylesheets=self.styles, font_config=self.fonts)
            add_second_conformance(document.metadata)
            return document.write_pdf(
                finisher=repair_tags,
                pdf_variant="pdf/a-3a",
                output_intent="srgb",
                pdf_version="1.7",
                pdf_tags=True,
                pdf_identifier=identifier,
            )


@lru_cache(maxsize=1)
def press() -> Press:
    """The press of this process, warm after the first call."""
    return Press()


def bundled_only() -> Any:
    """A fetcher that opens `data:` addresses and the bundled fonts, and nothing else: no file, no network."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class BundledOnly(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if url.startswith("bundle:/"):
                font = FONTS / PurePosixPath(url).name
                return URLFetcherResponse(url, font.read_bytes(), {"Content-Type": "font/ttf"})
            return super().fetch(url, headers)

    return BundledOnly(allowed_protocols={"data"}, allow_redirects=False)


def add_second_conformance(metadata: Any) -> None:
    """Declare PDF/UA-1 beside PDF/A in this document's XMP."""
    plain = metadata.generate_rdf_metadata
    metadata.generate_rdf_metadata = lambda *args: plain(*args).replace(b"</rdf:RDF>", SECOND_CONFORMANCE)


def repair_tags(document: Any, pdf: Any) -> None:
    """Give figures their box in points, row headers their scope, and tagged identifiers their tree."""
    height = document.pages[0].height
    identified = []
    root: Any = None
    for thing in pdf.objects:
        if not hasattr(thing, "get"):
            continue
        if thing.get("Type") == "/StructTreeRoot":
            root = thing
        if thing.get("Type") != "/StructElem":
            continue
        if thing["S"] == "/Figure" and "A" in thing:
            _figure_box(thing["A"], height)
        if thing["S"] == "/TH" and "A" in thing:
            thing["A"]["Scope"] = "/Row"
        if "ID" in thing:
            identified.append((thing["ID"].string, thing.reference))
    if root is not None and identified:
        _add_id_tree(pdf, root, sorted(identified))


def _figure_box(attributes: Any, page_height: float) -> None:
    from weasyprint.pdf import pydyf

    left, top, right, bottom = attributes["BBox"]
    points = left, page_height - bottom, right, page_height - top
    attributes["BBox"] = pydyf.Array([round(value * PIXEL, 3) for value in points])


def _add_id_tree(pdf: Any, root: Any, identified: list[tuple[str, bytes]]) -> None:
    from weasyprint.pdf import pydyf

    names = pydyf.Array()
    for name, reference in identified:
        names += [pydyf.String(name), reference]
    limits = pydyf.Array([pydyf.String(identified[0][0]), pydyf.String(identified[-1][0])])
    leaf = pydyf.Dictionary({"Limits": limits, "Names": names})
    pdf.add_object(leaf)
    root["IDTree"] = pydyf.Dictionary({"Kids": pydyf.Array([leaf.reference])})
