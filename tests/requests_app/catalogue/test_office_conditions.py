"""A condition on an answer that is an office reads one that such a question offers."""

import pytest

from requests_app.catalogue.schema import validate_definition
from tests.requests_app.catalogue.conftest import field
from tests.requests_app.catalogue.test_faults import at, rich, when

pytestmark = pytest.mark.usefixtures("places")


@pytest.mark.parametrize("operator", ["equals", "in"])
def test_a_condition_on_the_office_of_a_register_names_an_office_that_holds_one(operator):
    register = field("held_at", "registration_office")
    record = field("act", "record_reference")

    def reading(path, code):
        value = [code] if operator == "in" else code
        return rich(register, record, field("extra", "text", when=when(path, operator, value)))

    here = "form.steps[0].fields[7].when.value"
    for path in ("held_at", "act.office"):
        validate_definition(reading(path, "arrondissement-5"))
        assert "ne tient pas de registre" in at(reading(path, "etat-civil"))[here]
        assert "réponse possible" in at(reading(path, "nulle-part"))[here]
