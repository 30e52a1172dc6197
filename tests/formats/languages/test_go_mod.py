"""Go's module file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages.go_mod import FORMAT
from periderm.model.errors import FormatError
from tests.formats.languages.samples import GO_MOD, read

modules = st.lists(
    st.tuples(st.from_regex(r"example\.com/[a-z]{1,8}/[a-z]{1,8}", fullmatch=True), st.integers(0, 99)),
    max_size=6,
    unique_by=lambda m: m[0],
)


def test_what_is_required() -> None:
    """Replacements are told by their own names, folders not; a replacement of another version and exclusions do nothing."""
    assert read(FORMAT, GO_MOD, "app/go.mod") == [
        "pkg:golang/github.com/azure/azure-sdk@v1.2.3",
        "pkg:golang/golang.org/x/net@v0.17.0",
        "pkg:golang/github.com/quoted/one@v1.0.0",
        "pkg:golang/github.com/other/thing@v1.0.1-fork",
        "pkg:golang/stdlib@1.21.5",
    ]


def test_the_name_keeps_its_case() -> None:
    """Only the package URL is in lower case."""
    assert FORMAT.read(GO_MOD.encode(), "go.mod").packages[0].name == "github.com/Azure/azure-sdk"


@given(modules, st.booleans())
def test_blocks_and_lines_are_the_same(required: list[tuple[str, int]], block: bool) -> None:
    """`require ( … )` and single lines give the same."""
    lines = [f"{name} v1.{minor}.0" for name, minor in required]
    body = "require (\n\t" + "\n\t".join(lines) + "\n)\n" if block else "".join(f"require {line}\n" for line in lines)
    assert read(FORMAT, f"module m\n\n{body}", "go.mod") == [f"pkg:golang/{name}@v1.{minor}.0" for name, minor in required]


def test_damage() -> None:
    """A file without a module is none."""
    with pytest.raises(FormatError):
        read(FORMAT, "require a v1\n", "go.mod")
