import io
import shutil
import subprocess

import pytest
from PIL import Image

from civil_status.documents import qr

SEGMENTS = ["HTTPS://E.COTONOU.BJ/V/0123456789ABCDEF", "#", "K5:ORM5W$*+-" * 20]


def test_the_same_segments_give_the_same_bytes():
    assert qr.png(SEGMENTS) == qr.png(SEGMENTS)


def test_modules_are_drawn_four_pixels_wide_with_the_quiet_zone_inside():
    image = Image.open(io.BytesIO(qr.png(SEGMENTS)))
    modules = 17 + 4 * qr.version_for(SEGMENTS)
    assert image.mode == "1"
    assert image.size == ((modules + 8) * 4, (modules + 8) * 4)
    assert all(image.getpixel((x, 8)) for x in range(image.width))


def test_three_segments_are_denser_than_one():
    assert qr.version_for(SEGMENTS) < qr.version_for(["".join(SEGMENTS)])


def test_what_no_symbol_holds_is_refused():
    with pytest.raises(ValueError):
        qr.version_for(["A" * 5000])


@pytest.mark.skipif(not shutil.which("zbarimg"), reason="zbarimg is not installed")
def test_a_reader_finds_every_segment(tmp_path):
    picture = tmp_path / "qr.png"
    picture.write_bytes(qr.png(SEGMENTS))
    read = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, text=True, check=True)
    assert read.stdout.strip() == "".join(SEGMENTS)
