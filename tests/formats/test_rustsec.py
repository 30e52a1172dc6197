"""RustSec says what is free of a vulnerability; what is affected is exactly the rest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.versions.order import compare, contains
from periderm.formats import rustsec
from periderm.model.advisory import Advisory, PackageName
from periderm.model.advisory_build import Refused
from periderm.model.severity import Severity
from periderm.model.version_range import Scheme, VersionRange


def text(
    patched: str = '[">= 1.0.9"]', unaffected: str = "[]", more: str = "", body: str = "# Buffer overflow\n\nIt overflows."
) -> bytes:
    """A file as RustSec keeps them."""
    head = (
        f'[advisory]\nid = "RUSTSEC-2024-0001"\npackage = "shop_sys"\ndate = "2024-01-02"\naliases = ["CVE-2024-0001"]\n{more}'
    )
    return f"```toml\n{head}\n[versions]\npatched = {patched}\nunaffected = {unaffected}\n```\n\n{body}\n".encode()


def one(data: bytes, where: str = "crates/shop_sys/RUSTSEC-2024-0001.md") -> Advisory:
    """The advisory of a file."""
    found = rustsec.parse(data, where=where)
    assert isinstance(found, Advisory), found
    return found


def ranges(patched: str, unaffected: str = "[]") -> list[tuple[str, str]]:
    """What is affected, as (introduced, fixed)."""
    return [(r.introduced, r.fixed) for r in one(text(patched, unaffected)).affected[0].ranges]


def test_a_file() -> None:
    """Title, prose, names, package."""
    found = one(text(more='cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"'))
    assert found.summary == "Buffer overflow"
    assert found.details == "It overflows."
    assert found.aliases == ("CVE-2024-0001",)
    assert found.published > 0
    assert found.scores[0].source == "rustsec"
    assert found.affected[0].package == PackageName("crates.io", "shop-sys")
    assert found.affected[0].ranges == (VersionRange(fixed="1.0.9"),)


@pytest.mark.parametrize(
    ("patched", "unaffected", "wanted"),
    [
        ('[">= 1.2"]', "[]", [("", "1.2.0")]),
        ('["^0.9.2", ">= 0.10.0-alpha.2"]', "[]", [("", "0.9.2"), ("0.10.0-0", "0.10.0-alpha.2")]),
        ('[">= 2.0.1", "^1.1.1"]', '["< 1.0.0"]', [("1.0.0-0", "1.1.1"), ("2.0.0-0", "2.0.1")]),
        ('["> 1.2.3"]', "[]", [("", "1.2.4-0")]),
        ("[]", '["<= 0.3.1"]', [("0.3.2-0", "")]),
        ('["0.25.4", ">= 0.26.2"]', "[]", [("", "0.25.4"), ("0.26.0-0", "0.26.2")]),
        ('["< 0.6.0", "^0.6.2", ">= 0.7.6"]', "[]", [("0.6.0-0", "0.6.2"), ("0.7.0-0", "0.7.6")]),
        ('[">= 0.8.1, < 0.9.0", ">= 0.9.3"]', "[]", [("", "0.8.1"), ("0.9.0-0", "0.9.3")]),
        ("[]", '["=0.2.0", "=0.2.1"]', [("", "0.2.0"), ("0.2.1-0", "0.2.1"), ("0.2.2-0", "")]),
        ('["~1.4.5", ">= 1.6"]', "[]", [("", "1.4.5"), ("1.5.0-0", "1.6.0")]),
        ("[]", "[]", [("", "")]),
    ],
)
def test_requirements(patched: str, unaffected: str, wanted: list[tuple[str, str]]) -> None:
    """Cargo's requirements, as its reference explains them."""
    assert ranges(patched, unaffected) == wanted


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from([">=", ">", "<", "<="]), st.integers(0, 6), st.integers(0, 3)), max_size=4))
def test_the_rest_is_affected(bounds: list[tuple[str, int, int]]) -> None:
    """A release is affected exactly if no requirement takes it."""
    told = ", ".join(f'"{op} 1.{minor}.{patch}"' for op, minor, patch in bounds)
    found = rustsec.parse(text(f"[{told}]"))
    affected = found.affected[0].ranges if isinstance(found, Advisory) else ()
    for minor in range(8):
        for patch in range(5):
            version = f"1.{minor}.{patch}"
            order = [(op, compare(Scheme.SEMVER, version, f"1.{m}.{p}")) for op, m, p in bounds]
            free = any({">=": c >= 0, ">": c > 0, "<": c < 0, "<=": c <= 0}[op] for op, c in order)
            assert any(contains(Scheme.SEMVER, version, r) for r in affected) == (not free)


def test_what_is_only_information() -> None:
    """An unmaintained crate is no hole; it is marked."""
    found = one(text(patched="[]", more='informational = "unmaintained"'))
    assert found.severity is Severity.INFORMATIONAL
    assert "unmaintained" in found.affected[0].note
    assert one(text(more='withdrawn = "2024-02-03"')).withdrawn > 0


def test_the_toolchain() -> None:
    """The standard library is part of the compiler, which is a program and no crate."""
    found = one(text(), where="rust/std/CVE-2024-0001.md")
    assert found.affected[0].package == PackageName("generic", "rust")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"# title",
        b"```toml\n[advisory]\n```\n",
        b"```toml\nnot toml\n```\n",
        text('["nonsense"]'),
        text('[">= 1.x"]'),
        text(patched='[">= 0.0.0-0"]'),
        b"```toml\n" + b"a = [" * 5000 + b"\n```\n",
        b"\xff\xfe",
    ],
)
def test_refused(data: bytes) -> None:
    """What is none, or affects nothing, is told with its reason."""
    found = rustsec.parse(data, where="x.md")
    assert isinstance(found, Refused)
    assert found.why
