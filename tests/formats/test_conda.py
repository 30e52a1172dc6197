"""Conda environments."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.conda import FORMAT, read
from periderm.model.errors import FormatError

PATH = "opt/conda/envs/a/conda-meta/numpy-1.26.0-py311_0.json"
RECORD = {
    "name": "numpy",
    "version": "1.26.0",
    "build": "py311_0",
    "build_number": 0,
    "channel": "https://conda.example.org/conda-forge/linux-64",
    "subdir": "linux-64",
    "license": "BSD-3-Clause",
    "url": "https://conda.example.org/conda-forge/linux-64/numpy-1.26.0-py311_0.conda",
    "sha256": "ab" * 32,
    "depends": ["python >=3.11,<3.12.0a0", "libblas", "python_abi 3.11.* *_cp311", " "],
    "files": ["lib/python3.11/site-packages/numpy/__init__.py", "bin/f2py", "../../escape", "x/../y"],
}


def test_a_package() -> None:
    """Package URL with its qualifiers, licence, dependencies, and the files it owns in its environment."""
    facts = read(json.dumps(RECORD).encode(), PATH)
    (package,) = facts.packages
    assert package.purl == "pkg:conda/numpy@1.26.0?build=py311_0&channel=conda-forge&subdir=linux-64&type=conda"
    assert (package.licence, package.path, package.type) == ("BSD-3-Clause", PATH, "conda")
    assert package.dependencies == ("python", "libblas", "python_abi")
    assert facts.owned[0].owner == "conda:numpy"
    assert facts.owned[0].paths == (
        "opt/conda/envs/a/lib/python3.11/site-packages/numpy/__init__.py",
        "opt/conda/envs/a/bin/f2py",
    )


def test_the_least_that_is_told() -> None:
    """Older records have nulls, and channels by name."""
    data = json.dumps({"name": "x", "version": "1", "channel": "defaults", "license": None, "url": None}).encode()
    (package,) = read(data, "conda-meta/x-1.json").packages
    assert package.purl == "pkg:conda/x@1?channel=defaults"


def test_which_files_are_read() -> None:
    """JSON files that lie in a folder `conda-meta`."""
    assert FORMAT.accept is not None
    assert FORMAT.accept(PATH)
    assert not FORMAT.accept("srv/package.json")
    assert not FORMAT.accept("opt/conda-meta/deep/x.json")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"name":"","version":"1"}', b"[" * 100_000, b'{"x":' * 100_000])
def test_damage(data: bytes) -> None:
    """What is no such record."""
    with pytest.raises(FormatError):
        read(data, PATH)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """No bytes do anything but parse or raise FormatError."""
    with contextlib.suppress(FormatError):
        read(data, PATH)
