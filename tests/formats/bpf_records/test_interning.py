"""Strings by number and numbers by key."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.bpf_records.interning import Cache, StringTable


@given(st.lists(st.text()))
def test_a_string_has_one_number(strings: list[str]) -> None:
    """Equal strings have equal numbers, and the table gives them back; '' is 0."""
    table = StringTable()
    numbers = [table.number(string) for string in strings]
    assert [table.strings[number] for number in numbers] == strings
    assert len(table.strings) == len({"", *strings})
    assert table.number("") == 0


keys = st.integers(0, 2**64 - 1)


@given(st.dictionaries(st.tuples(keys, keys), st.integers(0, 2**32 - 1), max_size=80))
def test_a_cache_is_a_dictionary(items: dict[tuple[int, int], int]) -> None:
    """However often keys collide in the table of 16 places, each keeps its own number, and no other is known."""
    cache = Cache(16, 1)
    for (first, second), number in items.items():
        cache.put(first, second, (number,))
    asked = [*items, (1, 1)]
    firsts = np.array([first for first, _ in asked], np.uint64)
    seconds = np.array([second for _, second in asked], np.uint64)
    (found,), missing = cache.get(firsts, seconds)
    known = [index for index, key in enumerate(asked) if key in items]
    assert [int(found[index]) for index in known] == [items[asked[index]] for index in known]
    assert missing == [index for index, key in enumerate(asked) if key not in items]
    assert len(cache) == len(items)
