"""A pattern written by an editor means what Python means by it, and never keeps the server busy."""

import re
import time
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from requests_app.catalogue.patterns import LONGEST_ANSWER, example_of, fits, pattern_fault

ATOMS = ["a", "b", "-", ".", r"\d", r"\w", r"\.", "[ab]", "[^a]", "[a-c-]", r"[\d/]", "(?:ab)", "(a|b)", "(a|bc|)"]
PIECES = st.tuples(st.sampled_from(ATOMS), st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"])).map(
    "".join
)
PATTERNS = st.recursive(
    st.lists(PIECES, max_size=4).map("".join),
    lambda inner: st.tuples(inner, st.sampled_from(["", "?", "{2}"])).map(lambda both: f"({both[0]}){both[1]}"),
    max_leaves=3,
)


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.text("abc-1/.\n", max_size=8))
def test_it_reads_a_text_as_python_does(pattern, text):
    # A point takes the end of a line too: a long text is one answer.
    assert fits(pattern, text) is (re.fullmatch(pattern, text, re.DOTALL | re.ASCII) is not None)


@settings(max_examples=200, deadline=None)
@given(PATTERNS, st.integers(0, 9))
@example("((a*a*a{2,}.*){2}){2}", 0)  # a hundred of each would be longer than any answer
def test_the_example_of_a_pattern_fits_it(pattern, seed):
    assert fits(pattern, example_of(pattern, Random(seed)))


@settings(max_examples=300, deadline=None)
@given(st.text("ab[](){}?*+|^$\\-.:,0123d", max_size=40))
def test_whatever_is_written_is_a_pattern_or_a_sentence(written):
    sentence = pattern_fault(written)
    assert sentence.endswith(".") or fits(written, "a") in (True, False)


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "a*" * 90 + "b", "(((((((((a*)*)*)*)*)*)*)*)*)*b", "(a{1,20}){1,20}b"]
)
def test_a_pattern_that_would_never_end_elsewhere_ends_here(pattern):
    started = time.process_time()
    assert pattern_fault(pattern) == ""
    assert not fits(pattern, "a" * LONGEST_ANSWER)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", "(?=a)a", "a{1001}", "(((((a{9}){9}){9}){9}){9}){9}", "[", "(", "a" * 201]
)
def test_what_cannot_be_promised_to_end_is_refused_with_a_sentence(pattern):
    assert pattern_fault(pattern).endswith(".")


def test_a_longer_answer_never_fits():
    assert fits("a*", "a" * LONGEST_ANSWER)
    assert not fits("a*", "a" * (LONGEST_ANSWER + 1))


def test_the_two_ends_are_always_meant():
    assert fits("^[A-Z]{2}$", "AB")
    assert not fits("[A-Z]{2}", "ABC")
    assert fits(r"1\$", "1$")
