"""Drawing one page of a PDF as a picture, in a process of its own: `python raster.py NUMBER LONGEST < pdf > jpeg`.

What citizens send is read here by a large library in C++: whatever it does, it does to this process only, which has no
database, no settings, no more memory than `MOST_MEMORY`, and a few seconds of a processor. It imports nothing of ours.
"""

import io
import resource
import sys

import pypdfium2

MOST_MEMORY = 1024 * 1024 * 1024  # bytes of address space
MOST_SECONDS = 10  # of a processor
LARGEST_SCALE = 4.0  # 288 dpi: a small receipt is not blown up to a poster
QUALITY = 82


def draw(pdf: bytes, number: int, longest: int) -> bytes:
    """The JPEG of page `number` (from 1), whose longest side has at most `longest` pixels."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[number - 1]
    side = max(page.get_size())
    scale = min(LARGEST_SCALE, longest / side) if side > 0 else 1.0
    out = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def main() -> None:
    """Read the PDF, write the picture; any fault is an exit code other than 0."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])))


if __name__ == "__main__":
    main()
