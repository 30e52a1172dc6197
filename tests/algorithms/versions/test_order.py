"""Promises of the order of versions as a whole: it is a total order in every scheme, the ecosystems' own tools agree, and
`univers` does but for places in which it is wrong."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.versions import order
from periderm.model.version_range import Scheme, VersionRange
from tests.algorithms.versions import native, samples

SCHEMES = tuple(Scheme)
texts = st.one_of(st.text(max_size=20), st.text("0123456789.-+~^_:abrcvx!", max_size=16), st.sampled_from(samples.REAL["deb"]))


@pytest.mark.parametrize("scheme", [*native.JUDGES, "go"])
def test_the_ecosystems_own_tool_agrees(scheme: str, tmp_path: Path) -> None:
    """Thousands of pairs, real ones, changed ones and made-up ones: every one that the tool takes has the same order."""
    pairs = samples.pairs(scheme, 3000)
    if scheme == "maven":  # what old Mavens contradict themselves about is not asked: see docs/explanation/versions.md
        pairs = [(a, b) for a in samples.REAL["maven"] for b in samples.REAL["maven"]]
    told = native.go(pairs, tmp_path) if scheme == "go" else native.JUDGES[scheme](pairs)
    judged = [(a, b, sign) for (a, b), sign in zip(pairs, told, strict=True) if sign is not None]
    assert len(judged) > 900
    wrong = [(a, b, sign) for a, b, sign in judged if order.compare(Scheme(scheme), a, b) != sign]
    assert wrong == []


@pytest.mark.parametrize("scheme", ["gem", "npm"])
def test_valid_is_what_the_tool_takes(scheme: str) -> None:
    """`valid` refuses what the ecosystem's own tool refuses, and nothing else."""
    pairs = [(a, a) for a, _ in samples.pairs(scheme, 3000, seed=2)]
    told = native.JUDGES[scheme](pairs)
    assert [a for (a, _), sign in zip(pairs, told, strict=True) if (sign is not None) != order.valid(Scheme(scheme), a)] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_order_is_total(scheme: Scheme) -> None:
    """Any three versions: one of them is least, turning a pair round turns the answer, equal ones are equal to the same."""
    chance = random.Random(3)
    versions = [samples.made(scheme, chance) for _ in range(60)] + ["", "0", "(devel)", "\x00", "密", "v", "-", ":"]
    signs = {(a, b): order.compare(scheme, a, b) for a in versions for b in versions}
    for a in versions:
        assert signs[a, a] == 0
        for b in versions:
            assert signs[a, b] == -signs[b, a]
            if signs[a, b] <= 0:
                assert all(signs[a, c] <= 0 for c in versions if signs[b, c] <= 0)


@settings(max_examples=150)
@given(st.sampled_from(SCHEMES), texts, texts)
def test_any_text_has_an_order(scheme: Scheme, a: str, b: str) -> None:
    """Nothing that a lock file or an advisory holds makes the order fail, and space around it does not count."""
    assert order.compare(scheme, a, b) == -order.compare(scheme, b, a)
    assert order.valid(scheme, a) in (True, False)
    assert order.compare(scheme, a, a) == 0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_hostile_texts_cost_little(scheme: Scheme) -> None:
    """Very long and very nested texts are read up to a limit, numbers beyond all machines are compared as numbers."""
    for text in (
        "1-alpha" + "9" * 900 + "x.1",
        "1." + "9" * 900 + "!",
        "1.1+" + "a." * 450 + "!",
        "1" * 100_000,
        "1." * 50_000,
        "0." * 50_000 + "1",
        "1-a" * 40_000,
        "-" * 90_000,
        "1~" * 50_000,
        "a" * 99_999,
    ):
        assert order.compare(scheme, text, "1.0") in (-1, 1)
    assert order.compare(scheme, "9" * 600, "1" + "0" * 600) == -1


@pytest.mark.parametrize(
    ("scheme", "ascending"),
    [
        (Scheme.DEB, ["1.0~~", "1.0~rc1", "1.0", "1.0-1", "1.0a", "1.0+b", "1.0.1", "1:0"]),
        (Scheme.RPM, ["1.0~rc1", "1.0", "1.0^git1", "1.0a", "1.0.1", "1.1-1", "1.1-2", "1:0.1"]),
        (Scheme.APK, ["1.0_alpha", "1.0_rc2", "1.0", "1.0-r1", "1.0_git1", "1.0_p1", "1.0a", "1.0.01", "1.0.1", "1.0.10"]),
        (Scheme.PEP440, ["1.dev1", "1a1.dev1", "1a1", "1rc1", "1", "1+abc", "1+1", "1.post1.dev1", "1.post1", "1.1", "1!0"]),
        (Scheme.SEMVER, ["1.0.0-1", "1.0.0-a", "1.0.0-a.1", "1.0.0-b", "1.0.0", "1.0.0.1", "1.0.1-0", "1.2"]),
        (Scheme.NPM, ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0"]),
        (
            Scheme.GO,
            ["(devel)", "v0.0.0-20191109021931-daa7c04131f5", "v0.1.0", "v1.0.0", "v1.0.1-0.20200101000000-abc", "v1.0.1"],
        ),
        (Scheme.MAVEN, ["1-alpha-2", "1-beta", "1-M1", "1-cr", "1-SNAPSHOT", "1", "1-sp", "1-jre", "1-1", "1.1-alpha", "1.1"]),
        (Scheme.GEM, ["1.a", "1.b.1", "1.b.2", "1.rc", "1", "1.0.1"]),
        (Scheme.COMPOSER, ["dev-main", "1.0-dev", "1.0-alpha1", "1.0b2", "1.0RC1", "1.0", "1.0-p1", "1.0.1", "1.x-dev", "2.0"]),
        (Scheme.NUGET, ["1.0-1", "1.0-A", "1.0-b.2", "1.0-b.10", "1.0-b.3000000000", "1.0", "1.0.0.1", "1.0.1"]),
        (Scheme.GENERIC, ["3.12.0a1", "3.12.0rc1", "3.12", "3.12.0p1", "3.12.1", "3.13-dev", "3.13"]),
    ],
)
def test_each_scheme_by_hand(scheme: Scheme, ascending: list[str]) -> None:
    """The traps of each scheme, least first."""
    for lower, upper in itertools.pairwise(ascending):
        assert order.compare(scheme, lower, upper) == -1, (lower, upper)


@pytest.mark.parametrize(
    ("scheme", "equal"),
    [
        (Scheme.DEB, ["1.0", "1.0-0", "0:1.0", "1.00-00", "01.0"]),
        (Scheme.RPM, ["1.0-1", "0:1.0-1", "1.00-01", "1_0-1", "(none):1.0-1"]),
        (Scheme.PEP440, ["1.0", "1", "v1.0.0", "0!1"]),
        (Scheme.SEMVER, ["1.2.0", "v1.2.0", "1.2.0+x", "1.2"]),
        (Scheme.GO, ["v1.2.0", "1.2.0", "v1.2.0+incompatible", "v1.2", "go1.2"]),
        (Scheme.MAVEN, ["1", "1.0", "1.0.0-final", "1-ga", "1.0.RELEASE", "1-0"]),
        (Scheme.GEM, ["1", "1.0", "1.0.0"]),
        (Scheme.COMPOSER, ["1.0", "v1.0.0.0", "1.0.0+build", "1.0@stable"]),
        (Scheme.NUGET, ["1.0", "1.0.0.0", "01.0", "1.0+x"]),
        (Scheme.GENERIC, ["1.2", "v1.2.0", "1_2"]),
    ],
)
def test_equal_forms_have_equal_keys(scheme: Scheme, equal: list[str]) -> None:
    """Ways to write one version give one key, so that a dictionary may hold them."""
    assert len({order.key(scheme, text) for text in equal}) == 1


def test_ranges_begin_inclusive_and_end_as_they_say() -> None:
    """`introduced` is in, `fixed` is out, `last_affected` is in, and neither end means all later versions."""
    some = VersionRange(introduced="1.2.0", fixed="1.4.0")
    told = [order.contains(Scheme.SEMVER, v, some) for v in ("1.1.9", "1.2.0-rc.1", "1.2.0", "1.4.0-rc.1", "1.4.0")]
    assert told == [False, False, True, True, False]
    assert order.contains(Scheme.NPM, "9.9.9", VersionRange(introduced="1.0.0"))
    assert order.contains(Scheme.DEB, "0~~", VersionRange(introduced="0", fixed="1"))
    assert order.contains(Scheme.RPM, "1.0-1", VersionRange(last_affected="1.0-1"))
    assert not order.contains(Scheme.RPM, "1.0-2", VersionRange(last_affected="1.0-1"))


@pytest.mark.parametrize(
    ("scheme", "text"), [(Scheme.GO, "(devel)"), (Scheme.GO, ""), (Scheme.COMPOSER, "dev-main"), (Scheme.PEP440, "latest")]
)
def test_what_has_no_place_is_in_no_bounded_range(scheme: Scheme, text: str) -> None:
    """A build of a working copy is not told to have every old vulnerability, only those that were never fixed."""
    assert not order.placed(scheme, text)
    assert not order.contains(scheme, text, VersionRange(introduced="0", fixed="v1.2.0"))
    assert not order.contains(scheme, text, VersionRange(introduced="1.0"))
    assert order.contains(scheme, text, VersionRange(introduced="0"))


def test_a_local_build_is_its_public_version() -> None:
    """'2.0+cpu' is what is listed, or ends, as '2.0'; but a local version that is named is that one only."""
    assert order.contains(Scheme.PEP440, "2.0+cpu", VersionRange(last_affected="2.0"))
    assert not order.contains(Scheme.PEP440, "2.0+cpu", VersionRange(fixed="2.0"))
    assert order.listed(Scheme.PEP440, "2.0+cpu", ["1.0", "2.0.0"])
    assert not order.listed(Scheme.PEP440, "2.0", ["2.0+cpu"])
    assert not order.listed(Scheme.SEMVER, "2.0.1", ["2.0.0"])


def test_keys_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store full of made-up versions does not fill the memory."""
    monkeypatch.setattr(order, "_REMEMBERED", 50)
    for i in range(500):
        order.key(Scheme.GENERIC, f"7.{i}")
    order.key(Scheme.GENERIC, "8" * 5000)
    kept = order._KEYS[Scheme.GENERIC]
    assert len(kept) <= 50
    assert all(len(text) <= 96 for text in kept)


UNIVERS = {
    "deb": "DebianVersion",
    "rpm": "RpmVersion",
    "pep440": "PypiVersion",
    "semver": "SemverVersion",
    "gem": "RubygemsVersion",
    "go": "GolangVersion",
    "nuget": "NugetVersion",
}


@pytest.mark.parametrize("scheme", UNIVERS)
def test_univers_agrees_on_real_versions(scheme: str) -> None:
    """Another implementation, over all pairs of real versions. Where it is wrong, the native tools have said so: it reads
    rpm's '^' as a separator, gives Go's toolchains and pseudo-versions no order, and takes NuGet's labels of more than 32
    bits for numbers; its Maven, Alpine and Composer orders fail on versions that their tools take."""
    from univers import versions

    kind = getattr(versions, UNIVERS[scheme])
    known = [v for v in samples.REAL[scheme] if "^" not in v and "20230101120000" not in v and kind.is_valid(v)]
    if scheme == "go":
        known = [v for v in known if v.count(".") >= 2]
    wrong = []
    for a in known:
        for b in known:
            left, right = kind(a), kind(b)
            sign = (left > right) - (left < right)
            if sign != order.compare(Scheme(scheme), a, b):
                wrong.append((a, b, sign))
    assert len(known) >= 8
    assert wrong == []
