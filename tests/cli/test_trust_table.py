"""What is told of a verdict."""

from __future__ import annotations

from periderm.cli.trust_table import HEAD, default_line, rule_row, verdict_lines
from periderm.model.signature import REFUSALS, Refusal
from periderm.model.trust import (
    AllowedBase,
    KeylessSigner,
    Otherwise,
    Refused,
    RequiredAttestation,
    TrustPolicy,
    TrustRule,
    TrustVerdict,
    Vouched,
)


def test_a_verdict() -> None:
    """Who, when, what was verified; what does not count and why; no rule at all."""
    refused = Refused(where="tag {x}", why=REFUSALS[Refusal.EXPIRED], detail="{y}")
    vouched = Vouched(who="{a}", by="b", time=1_790_000_000, predicate="https://slsa.dev/provenance/v1", checked=("key",))
    lines = list(verdict_lines(TrustVerdict(policy="p", rule="r", trusted=True, signers=(vouched,), refused=(refused,))))
    assert "Trusted by the rule 'r'" in lines[0].en
    assert "{a} (b) at 2026-09-2" in lines[1].en
    assert "key" in lines[2].en
    assert "tag {x}: its certificate was not valid" in lines[3].en
    assert "({y})" in lines[3].zh
    assert "none" in next(verdict_lines(TrustVerdict(policy="p"))).en
    assert "allows such" in next(verdict_lines(TrustVerdict(policy="p", trusted=True))).en


def test_a_rule_is_a_row() -> None:
    """As many cells as heads."""
    rule = TrustRule(
        images=("a", "b"),
        name="n",
        digests=("sha256:" + "ab" * 32,),
        bases=(AllowedBase(layers=("x", "y")),),
        signatures=(KeylessSigner(issuer="i", pattern="p.*", root=b"", file="f"),),
        attestations=(RequiredAttestation(type="t:1"),),
        max_age=86_400,
    )
    row = rule_row(rule)
    assert len(row) == len(HEAD)
    assert row == ("n", "a b", "sha256:" + "ab" * 6, "2 layers", "p.* + t:1", "1 d")
    assert default_line(TrustPolicy()) != default_line(TrustPolicy(otherwise=Otherwise.ALLOW))
