"""Baselines read from what people may have changed."""

from __future__ import annotations

import pytest

from periderm.formats.baseline_files.reading import read
from periderm.model.errors import FormatError

LEAST = {"kind": "periderm-baseline", "version": "1", "workload": "wkl-1"}


def test_the_least() -> None:
    """A workload is enough."""
    assert read(LEAST).workload_id == "wkl-1"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": "policy"}, "periderm-baseline"),
        ({"workload": ""}, "workload is missing"),
        ({"behaviour": "all"}, "mapping"),
        ({"behaviour": {"file": {"read": []}}}, "list"),
        ({"behaviour": {"file": [{"actor": "/a", "read": [{"value": "/x"}, {"value": "/x"}]}]}}, "twice"),
        ({"behaviour": {"file": [{"actor": "/a", "read": [{"value": "/x", "sources": ["guess"]}]}]}}, "none of"),
        ({"behaviour": {"file": [{"actor": "/a", "read": [{"value": "/x", "certainty": "101"}]}]}}, "up to 100"),
        ({"since": "yesterday"}, "no time"),
        ({"pace": "-1"}, "whole number"),
        ({"resources": [{"aspect": "cpu", "buckets": {"n": [["1"]]}}]}, "pairs"),
        ({"decisions": [{"id": "d", "verdict": "maybe"}]}, "none of"),
        ({"name": ["web"]}, "text"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], word: str) -> None:
    """With the place."""
    with pytest.raises(FormatError, match=word):
        read(LEAST | change, where="web.yaml")


def test_no_mapping() -> None:
    """A list is no baseline."""
    with pytest.raises(FormatError):
        read([], where="web.yaml")
