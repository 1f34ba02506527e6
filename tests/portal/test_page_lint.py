"""The pictures of a service's pages are light and described, or somebody is told."""

import io
import random

import pytest
from django.core.files.images import ImageFile
from django.utils.translation import override
from PIL import Image
from wagtail.images import get_image_model

from portal.page_lint import HEAVIEST, _served_weight, remarks_on_pages
from requests_app.catalogue.builder import acts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_french():
    with override("fr"):
        yield


def picture(*, noisy: bool):
    """A picture of one colour, or of noise that no format makes small."""
    image = Image.new("RGB", (800, 600), "navy")
    if noisy:
        chance = random.Random(1)
        image = Image.frombytes("RGB", (800, 600), chance.randbytes(800 * 600 * 3))
    file = io.BytesIO()
    image.save(file, "PNG")
    return get_image_model().objects.create(title="Photo", file=ImageFile(file, name="photo.png"))


@pytest.fixture
def page_with(put_service):
    """`page_with(noisy=…, alt=…)`: the page of a service with one picture."""

    def _page_with(*, noisy=False, alt="Deux agents devant le bureau", decorative=False):
        page = put_service("Permis")
        image = {"image": picture(noisy=noisy).pk, "alt_text": alt, "decorative": decorative}
        page.body = [("picture", page.body.stream_block.child_blocks["picture"].to_python({"image": image}))]
        page.save()
        return page

    return _page_with


def codes(page):
    return [remark.code for remark in remarks_on_pages(page.service)]


def test_a_light_picture_with_its_words_is_left_alone(page_with):
    assert codes(page_with()) == []


def test_a_heavy_picture_is_weighed_as_it_is_served(page_with):
    page = page_with(noisy=True)
    [remark] = remarks_on_pages(page.service)
    weight = _served_weight(page.body[0].value["image"])
    assert weight > HEAVIEST
    assert f"{weight // 1000} ko" in remark.sentence


@pytest.mark.parametrize("alt", ["", "  ", "IMG_2031.jpg", "photo1", "DSC00012"])
def test_a_picture_that_is_not_described_is_told(page_with, alt):
    assert codes(page_with(alt=alt)) == ["no_alternative"]


def test_the_builder_is_told_by_the_hook(page_with):
    page = page_with(alt="")
    assert [remark.code for remark in acts.remarks_on_pages(page.service)] == ["no_alternative"]


def test_a_decorative_picture_needs_no_words(page_with):
    """The near miss."""
    assert codes(page_with(alt="", decorative=True)) == []


def test_the_pages_of_another_service_are_not_looked_at(page_with, put_service):
    page_with(alt="")
    assert codes(put_service("Autre")) == []
