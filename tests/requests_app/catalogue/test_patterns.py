"""A pattern written by an editor means what Python means by it, and never keeps the server busy."""

import re
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app.catalogue.patterns import LONGEST_ANSWER, Matcher, example_of, pattern_fault

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
    # Ours lets a point take the end of a line: a long text is one answer.
    assert Matcher(pattern).fits(text) is (re.fullmatch(pattern, text, re.DOTALL) is not None)


@settings(max_examples=200, deadline=None)
@given(PATTERNS, st.integers(0, 9))
def test_the_example_of_a_pattern_fits_it(pattern, seed):
    assert Matcher(pattern).fits(example_of(pattern, Random(seed)))


@settings(max_examples=300, deadline=None)
@given(st.text("ab[](){}?*+|^$\\-.:,0123d", max_size=40))
def test_whatever_is_written_is_a_pattern_or_a_sentence(written):
    sentence = pattern_fault(written)
    assert sentence.endswith(".") or Matcher(written).fits("a") in (True, False)


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "a*" * 90 + "b", "(((((((((a*)*)*)*)*)*)*)*)*)*b", "(a{1,20}){1,20}b"]
)
def test_a_pattern_that_would_never_end_elsewhere_ends_here(pattern):
    started = time.process_time()
    assert pattern_fault(pattern) == ""
    assert not Matcher(pattern).fits("a" * LONGEST_ANSWER)
    assert time.process_time() - started < 2


def test_a_longer_answer_never_fits():
    assert Matcher("a*").fits("a" * LONGEST_ANSWER)
    assert not Matcher("a*").fits("a" * (LONGEST_ANSWER + 1))


def test_the_two_ends_are_always_meant():
    assert Matcher("^[A-Z]{2}$").fits("AB")
    assert not Matcher("[A-Z]{2}").fits("ABC")
    assert Matcher(r"1\$").fits("1$")
    assert "au début" in pattern_fault("a^b")
