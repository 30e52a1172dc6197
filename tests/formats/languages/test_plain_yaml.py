"""The regular part of YAML."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages import plain_yaml

keys = st.from_regex(r"[A-Za-z/@'(][A-Za-z0-9 /@'()._-]{0,10}[a-z]", fullmatch=True)
values = st.one_of(
    keys, st.from_regex(r"[0-9.]{1,6}", fullmatch=True), st.sampled_from(["", ">=1, <2", "a: b", "- x", "#c", "~"])
)
documents = st.dictionaries(
    keys,
    st.recursive(
        values,
        lambda inner: st.one_of(st.dictionaries(keys, inner, min_size=1, max_size=3), st.lists(values, min_size=1, max_size=3)),
        max_leaves=8,
    ),
    max_size=4,
)


def whole(text: str) -> object:
    """As a whole reader reads it: texts only, no objects."""
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- the base loader makes nothing but texts, lists and mappings


@given(documents, st.sampled_from([None, False, True]))
def test_agrees_with_a_whole_reader(document: dict[str, object], flow: bool | None) -> None:
    """What a YAML library writes is read as that library reads it, or left to it."""
    text = yaml.safe_dump(document, default_flow_style=flow, width=100_000, sort_keys=False)
    read = plain_yaml.read(text)
    assert read is None or read == (whole(text) or None)


PLAIN = """\
---
a: 1.10   # comment
'b c': "x y"
list:
- one
- k: v
  l:
    m: n
- [p, 'q, r']
empty: {}
last:
  - z
flow: {integrity: sha512-a==, node: '>=10, <12'}
nothing:
"""


def test_the_forms_that_are_read() -> None:
    """Texts stay texts; lists may stand at the margin of their key."""
    assert plain_yaml.read(PLAIN) == {
        "a": "1.10",
        "b c": "x y",
        "list": ["one", {"k": "v", "l": {"m": "n"}}, ["p", "q, r"]],
        "empty": {},
        "last": ["z"],
        "flow": {"integrity": "sha512-a==", "node": ">=10, <12"},
        "nothing": "",
    }


@pytest.mark.parametrize(
    "text",
    [
        "a: &x b",
        "a: *x",
        "a: !!str b",
        "a: |\n  b",
        "? a\n: b",
        "a: b\n---\nc: d",
        "a: 1\na: 2",
        "<<: b",
        "a:\n\tb: c",
        "a: b\n  c",
    ],
)
def test_all_else_is_left_to_a_whole_reader(text: str) -> None:
    """Anchors, aliases, tags, blocks, complex keys, several documents, doubles, merges, tabs, continued texts."""
    assert plain_yaml.read(text) is None


@given(st.text(alphabet="ab:-'\" \n{}[],#&*|>?", max_size=60))
def test_any_text(text: str) -> None:
    """Nothing but a document or None; and never another document than a whole reader's."""
    read = plain_yaml.read(text)
    if read is not None:
        assert read == (whole(text) or {})


def test_depth_is_left_alone() -> None:
    """Very deep files are not the regular kind."""
    assert plain_yaml.read("\n".join(" " * n + "a:" for n in range(2_000))) is None


def test_a_quote_inside_of_a_plain_text_is_no_quote() -> None:
    """In a list on one line too: what is not regular is left to the whole reader."""
    assert plain_yaml.read("a: [A''a, b]\n") in (None, {"a": ["A''a", "b"]})
    assert plain_yaml.read("a: [b, 'c, d', \"e\"]\n") == {"a": ["b", "c, d", "e"]}
