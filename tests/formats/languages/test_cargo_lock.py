"""Cargo's lock file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages.cargo_lock import FORMAT
from periderm.model.errors import FormatError
from tests.formats.languages.samples import CARGO, read

crates = st.lists(
    st.tuples(st.from_regex(r"[a-z][a-z0-9_-]{0,10}", fullmatch=True), st.integers(0, 99)), max_size=6, unique=True
)


def test_packages_and_what_they_need() -> None:
    """The project itself has no source and is no package; a fork says where it is from."""
    rand, fork = FORMAT.read(CARGO.encode(), "app/Cargo.lock").packages
    assert (rand.purl, rand.dependencies) == ("pkg:cargo/rand@0.7.3", ("libc", "rand_core"))
    assert fork.purl == "pkg:cargo/fork@1.0.0%2Bbuild?vcs_url=git%2Bhttps://example.com/fork"


@given(crates)
def test_every_registry_package_is_told(packages: list[tuple[str, int]]) -> None:
    """As many as there are, in order."""
    text = "".join(f'[[package]]\nname = "{n}"\nversion = "{v}.0.0"\nsource = "registry+x"\n\n' for n, v in packages)
    assert read(FORMAT, text, "Cargo.lock") == [f"pkg:cargo/{n}@{v}.0.0" for n, v in packages]


def test_damage() -> None:
    """A file that is no TOML is an error."""
    with pytest.raises(FormatError):
        read(FORMAT, "[[package\n", "Cargo.lock")
