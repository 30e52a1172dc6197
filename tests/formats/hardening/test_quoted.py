"""Words for a shell."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.hardening.quoted import quoted


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=20), min_size=1, max_size=4))
def test_a_shell_gives_them_back(words: list[str]) -> None:
    """Whatever they hold: spaces, quotes, substitutions, lines."""
    assert shlex.split(" ".join(map(quoted, words))) == words
