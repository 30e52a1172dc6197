"""The library that finds all patterns at once finds what each of them means: no string that a pattern matches is held back."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from periderm.engines.runtime import DETECTORS
from periderm.engines.runtime.patterns import compiled

# Strings of events have no line ends: the prefilter joins them by those.
LETTERS = st.characters(min_codepoint=0, max_codepoint=126, exclude_characters="\n\r\v\f\x1c\x1d\x1e")
ASKED = [(detector.spec.id, interest) for detector in DETECTORS for interest in detector.interests]
DATABASE = compiled([interest for _, interest in ASKED])
PATTERNS = [
    (number, name, pattern)
    for number, (name, interest) in enumerate(ASKED)
    for pattern in dict.fromkeys((*interest.text, *interest.args, *interest.exe))
]


@pytest.mark.parametrize(("number", "name", "pattern"), PATTERNS, ids=[f"{name}-{number}" for number, name, _ in PATTERNS])
def test_what_a_pattern_matches_is_found(number: int, name: str, pattern: str) -> None:
    """Strings made from the pattern itself, searched for with all patterns together."""

    @settings(max_examples=max(5, settings().max_examples // 10), database=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(re.compile(pattern, re.ASCII), alphabet=LETTERS))
    def agree(text: str) -> None:
        found: set[int] = set()
        DATABASE.scan(text.encode(), match_event_handler=lambda one, *_rest: found.add(one))
        assert number in found or re.search(pattern, text, re.ASCII | re.MULTILINE) is None, name

    agree()
