"""Go's checksums."""

from __future__ import annotations

from periderm.formats.languages.go_sum import FORMAT
from tests.formats.languages.samples import GO_SUM, read


def test_the_highest_whose_content_was_fetched() -> None:
    """v1.10.0 was only looked at; v0.10.0-rc.1 is higher than v0.9.0."""
    assert read(FORMAT, GO_SUM, "app/go.sum") == [
        "pkg:golang/github.com/gorilla/mux@v1.8.0",
        "pkg:golang/golang.org/x/net@v0.10.0-rc.1",
    ]


def test_a_release_is_above_its_candidates() -> None:
    """Whatever the order of lines."""
    lines = ["a.b/c v1.0.0 h1:x=", "a.b/c v1.0.0-rc.2 h1:x=", "a.b/c v1.0.0-rc.10 h1:x="]
    for order in (lines, lines[::-1]):
        assert read(FORMAT, "\n".join(order), "go.sum") == ["pkg:golang/a.b/c@v1.0.0"]


def test_it_gives_way_to_go_mod() -> None:
    """The format says beside which file it is not read."""
    assert FORMAT.unless == "go.mod"
