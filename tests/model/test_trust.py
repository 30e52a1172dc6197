"""A policy's values and verdicts travel as they are."""

from __future__ import annotations

import msgspec

from periderm.model.text import Text
from periderm.model.trust import Refused, TrustRule, TrustVerdict, Vouched


def test_a_verdict_survives_its_way() -> None:
    """From the sandboxed process, and into a report's JSON."""
    verdict = TrustVerdict(
        reference="r", signers=(Vouched(who="w", by="b", checked=("key",)),), refused=(Refused(where="t", why=Text("a", "b")),)
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(verdict), type=TrustVerdict) == verdict
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=TrustVerdict) == verdict


def test_nothing_is_asked_or_trusted_by_default() -> None:
    """An empty rule asks for nothing; an empty verdict is no trust."""
    rule = TrustRule(images=("*",))
    assert not any((rule.registries, rule.signatures, rule.bases, rule.digests, rule.max_age))
    assert not TrustVerdict().trusted
