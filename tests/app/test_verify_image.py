"""Nothing is believed that was not signed by a trusted key, about this very image, and whole."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.algorithms.signing import key_id, sign
from periderm.app.attest import attestations
from periderm.app.judge_image import judge_image, read_gate
from periderm.app.verify_image import MOST_ENVELOPES, check_bundle, verify_image
from periderm.formats import intoto
from periderm.model.errors import FormatError, NotFoundError, SignatureError, UsageError
from tests.app.test_attest import BUILT
from tests.building import KEY, OTHER, OTHER_PUBLIC, PUBLIC, MemoryBuilder, harmless_layer, parts
from tests.images import docker_archive
from tests.reports import DIGEST, report

TRUSTED = {key_id(PUBLIC): PUBLIC}


def made(condition: str = "false", key: bytes = KEY) -> list[bytes]:
    """Attestations of a report that this gate judged."""
    verdict = judge_image(report(), read_gate(condition), None, by="me").verdict
    return list(attestations(report(), verdict, BUILT, key))


def check(lines: list[bytes], digest: str = DIGEST, trusted: dict[str, bytes] | None = None) -> tuple[list[str], int, int]:
    """(problems, foreign, about others)."""
    seen = check_bundle(b"\n".join(lines), (digest,), TRUSTED if trusted is None else trusted, "place")
    return [problem.en for problem in seen.problems], seen.foreign, seen.others


def test_what_was_made_holds() -> None:
    """And tells the verdict with its signer; the order of the lines does not matter."""
    assert check(made()) == ([], 0, 0)
    assert check(made()[::-1]) == ([], 0, 0)
    verdict = check_bundle(b"\n".join(made()), (DIGEST,), TRUSTED, "place").verdict
    assert verdict is not None
    assert (verdict.passed, verdict.by, verdict.signer) == (True, "me", key_id(PUBLIC))


def test_another_key_is_nobody() -> None:
    """All four are foreign, all four kinds are missing."""
    problems, foreign, _ = check(made(key=OTHER))
    assert (len(problems), foreign) == (4, 4)
    assert check(made(key=OTHER), trusted={key_id(OTHER_PUBLIC): OTHER_PUBLIC}) == ([], 0, 0)


def test_about_something_else() -> None:
    """Attestations of one image say nothing of another."""
    problems, _, others = check(made(), "sha256:" + "0" * 64)
    assert (len(problems), others) == (4, 4)


def test_one_taken_away() -> None:
    """Is seen twice: its kind is missing, and the verdict was made of more."""
    lines = made()
    problems, _, _ = check(lines[1:])
    assert "provenance" in problems[0]
    assert "taken away" in problems[1]
    # A new bill beside the old verdict: signed by the right key, and not what was judged.
    mixed = [lines[0], attestations(report(), judge_image(report(), None, None).verdict, None, KEY)[1], *lines[2:]]
    assert len(check(mixed)[0]) == 2 or mixed[1] == lines[1]


def test_refused_is_told() -> None:
    """An image that the gate refused does not hold, though all signatures do."""
    problems, _, _ = check(made("true"))
    assert len(problems) == 1
    assert "refused" in problems[0]


def test_lines_that_are_none_are_passed_over() -> None:
    """As the specification asks; without end there may not be."""
    odd = sign(b"not json", intoto.PAYLOAD_TYPE, KEY)
    assert check([b"", b"{", b"\xff", odd, *made()]) == ([], 3, 0)
    with pytest.raises(FormatError):
        check([b"{}"] * (MOST_ENVELOPES + 1))


def test_a_whole_image(tmp_path: Path) -> None:
    """Its digest is computed from what lies there."""
    archive = docker_archive(tmp_path / "a.tar", [harmless_layer()])
    scanner = parts(tmp_path, MemoryBuilder()).reports.scanner
    place = tmp_path / "kept"
    place.mkdir()
    with pytest.raises(NotFoundError, match="no attestations"):
        verify_image(scanner, LocalDocuments(), str(archive), [PUBLIC], place=str(place))
    digest = f"sha256:{MemoryBuilder().id}"
    own = msgspec.structs.replace(report(), inventory=msgspec.structs.replace(report().inventory, digest=digest))
    verdict = judge_image(own, read_gate("false"), None).verdict
    (place / f"{digest[7:]}.intoto.jsonl").write_bytes(b"\n".join(attestations(own, verdict, BUILT, KEY)))
    assert verify_image(scanner, LocalDocuments(), str(archive), [PUBLIC], place=str(place)).problems == ()
    with pytest.raises(UsageError, match="trusted"):
        verify_image(scanner, LocalDocuments(), str(archive), [], place=str(place))
    with pytest.raises(SignatureError):
        verify_image(scanner, LocalDocuments(), str(archive), [b"junk"], place=str(place))
