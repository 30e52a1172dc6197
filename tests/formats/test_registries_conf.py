"""registries.conf means here what it means to podman."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.registries_conf import Endpoint, RegistryRule, endpoints, parse, rule_for
from periderm.model.errors import FormatError

# The example of containers-registries.conf(5).
MANUAL = b"""
unqualified-search-registries = ["example.com"]

[[registry]]
prefix = "example.com/foo"
insecure = false
blocked = false
location = "internal-registry-for-example.com/bar"

[[registry.mirror]]
location = "example-mirror-0.local/mirror-for-foo"

[[registry.mirror]]
location = "example-mirror-1.local/mirrors/foo"
insecure = true
"""


def test_the_manuals_example() -> None:
    """Mirrors in order, then the place itself, each with the rest of the name."""
    rule = rule_for(parse(MANUAL, "x"), "example.com/foo/image", ":latest")
    assert endpoints(rule, "example.com", "foo/image", by_digest=False) == (
        Endpoint("example-mirror-0.local", "mirror-for-foo/image", False, True),
        Endpoint("example-mirror-1.local", "mirrors/foo/image", True, True),
        Endpoint("internal-registry-for-example.com", "bar/image"),
    )


def test_the_longest_prefix_counts_and_ends_where_a_part_ends() -> None:
    """'host/foo' is no prefix of 'host/foobar'."""
    rules = parse(
        b'[[registry]]\nlocation="h.example"\n[[registry]]\nlocation="h.example/foo"\nblocked=true\n'
        b'[[registry]]\nprefix="h.example/foo/x:1"\ninsecure=true\n',
        "x",
    )
    assert rule_for(rules, "h.example/foobar") == rules[0]
    assert rule_for(rules, "h.example/foo/y") == rules[1]
    assert rule_for(rules, "h.example/foo/x", ":1") == rules[2]
    assert rule_for(rules, "h.example/foo/x", ":2") == rules[1]
    assert rule_for(rules, "h.example.org/foo") is None


def test_wildcards_stand_for_hosts_below_a_domain() -> None:
    """And not for the domain itself, nor for one that only ends alike."""
    rules = (RegistryRule(prefix="*.corp.example", blocked=True),)
    assert rule_for(rules, "a.b.corp.example/x") == rules[0]
    assert rule_for(rules, "corp.example/x") is None
    assert rule_for(rules, "evilcorp.example/x") is None


def test_mirrors_by_digest_or_tag_only() -> None:
    """A mirror that may be behind is not asked for tags."""
    told = b'[[registry]]\nlocation="h.example"\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation="m.example"\n'
    rule = rule_for(parse(told, "x"), "h.example/a")
    assert [e.host for e in endpoints(rule, "h.example", "a", by_digest=False)] == ["h.example"]
    assert [e.host for e in endpoints(rule, "h.example", "a", by_digest=True)] == ["m.example", "h.example"]
    told = b'[[registry]]\nlocation="h.example"\n[[registry.mirror]]\nlocation="m.example"\npull-from-mirror="tag-only"\n'
    rule = rule_for(parse(told, "x"), "h.example/a")
    assert len(endpoints(rule, "h.example", "a", by_digest=True)) == 1


def test_without_a_table_the_name_is_the_place() -> None:
    """And nothing else."""
    assert endpoints(None, "h.example", "a/b", by_digest=False) == (Endpoint("h.example", "a/b"),)


def test_version_1_lists_block_and_are_insecure() -> None:
    """The deprecated form protects still."""
    rules = parse(b"[registries.block]\nregistries=['bad.example']\n[registries.insecure]\nregistries=['old.example']\n", "x")
    assert rule_for(rules, "bad.example/a") == RegistryRule(location="bad.example", blocked=True)
    assert rule_for(rules, "old.example/a") == RegistryRule(location="old.example", insecure=True)


@pytest.mark.parametrize(
    "data", [b"[[registry]]\n", b"[[registry]]\nlocation=3\n", b"[[", b"\xff", b'[[registry]]\nblocked="yes"\nlocation="a"\n']
)
def test_what_is_wrong_is_said(data: bytes) -> None:
    """A file that blocks must not be passed over in silence."""
    with pytest.raises(FormatError, match="x: "):
        parse(data, "x")


@given(st.binary(max_size=200))
def test_any_bytes_are_tables_or_an_error(data: bytes) -> None:
    """Nothing else comes out."""
    try:
        parse(data, "x")
    except FormatError:
        return
