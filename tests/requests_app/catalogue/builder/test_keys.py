"""Keys are made once, from French labels."""

from requests_app.catalogue.builder import keys


def question(label="", key="", **more):
    return {"label": {"fr": label}, "key": key, **more}


def named(*questions):
    steps = [{"value": {"fields": [{"type": "text", "value": value} for value in questions]}}]
    keys.name_questions(steps)
    return [value["key"] for value in questions]


def test_a_key_sounds_like_its_label():
    assert named(question("Nom de l’enfant"), question("Âge"), question("2e pièce")) == [
        "nom_de_l_enfant",
        "age",
        "question_2e_piece",
    ]


def test_two_questions_with_one_label_have_two_keys():
    assert named(question("Nom"), question("Nom"), question("Nom", "nom_2")) == ["nom", "nom_3", "nom_2"]


def test_a_key_that_is_written_stays_whatever_the_label():
    assert named(question("Autre chose", "surname")) == ["surname"]


def test_a_question_without_a_word_has_a_key_too():
    assert named(question(), question()) == ["question", "question_2"]


def test_a_long_label_makes_a_key_of_forty_signs_at_most():
    first, second = named(*[question("Numéro du certificat de naissance ou de reconnaissance")] * 1, question("x" * 60))
    assert len(first) <= 40
    assert len(second) <= 40


def test_answers_and_questions_of_a_group_are_named_too():
    choice = question("Lien", choices=[{"value": {"label": {"fr": "Père ou mère"}}}, {"value": {"label": {"fr": ""}}}])
    group = question("Mineurs", fields=[{"type": "name", "value": question("Nom")}])
    assert named(question("Nom"), choice, group) == ["nom", "lien", "mineurs"]
    assert [one["value"]["value"] for one in choice["choices"]] == ["pere_ou_mere", "reponse"]
    assert group["fields"][0]["value"]["key"] == "nom_2"
