"""Nouns of guarded builds travel as they are."""

from __future__ import annotations

import msgspec

from periderm.model.build import MOST_FAILING, BuildCommand, Verdict


def test_a_verdict_travels() -> None:
    """In both encodings; what is not said has the quiet default."""
    verdict = Verdict(image_digest="sha256:a", passed=False, time=1, failing=("x",) * MOST_FAILING)
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(verdict), type=Verdict) == verdict
    assert (verdict.allowed, verdict.source, verdict.signer) == ("", "", "")


def test_a_command_holds_no_values_by_default() -> None:
    """Of arguments and secrets there are only names."""
    assert BuildCommand(tool="podman", program=("podman",), verb=("build",)).arguments == ()
