"""What detectors look at, and how those that bring patterns judge."""

from __future__ import annotations

from periderm.engines.image.detectors import secret_china, secret_cloud
from periderm.engines.image.facts import ImageFacts, service_detector
from periderm.engines.image.secrets import FoundSecret
from periderm.model.image import ImageConfig
from periderm.model.severity import Severity
from periderm.model.text import Text


def found(path: str, line: int, *, place: str = "file", gone: bool = False, severity: Severity | None = None) -> FoundSecret:
    """A secret of the cloud detector."""
    return FoundSecret(
        pattern="aws-access-key",
        what=Text("key", "密钥"),
        place=place,
        location=path,
        line=line,
        masked="AKIA…",
        gone=gone,
        severity=severity,
    )


def test_one_hit_for_a_file() -> None:
    """Several secrets of a file are one hit with the lines of the first five; the worst severity holds."""
    secrets = [found("a", n) for n in range(1, 8)] + [found("b", 1, severity=Severity.LOW)]
    one, two = secret_cloud.DETECTOR.judge(ImageFacts(config=ImageConfig(), secrets=tuple(secrets)))
    assert one.evidence.startswith("line 1: AKIA…")
    assert one.evidence.endswith("and 2 more")
    assert (two.location, two.severity) == ("b", Severity.LOW)


def test_gone_is_said_in_both_languages() -> None:
    """A secret of a deleted file is told as one."""
    (hit,) = secret_cloud.DETECTOR.judge(ImageFacts(config=ImageConfig(), secrets=(found("a", 1, gone=True),)))
    assert hit.message is not None
    assert "later layer" in hit.message.en
    assert "后面的镜像层" in hit.message.zh


def test_only_files_and_its_own() -> None:
    """Secrets of the environment, and of other patterns, are others' business."""
    other = FoundSecret(pattern="jwt", what=Text("t", "t"), place="file", location="x", line=1, masked="…")
    assert (
        list(secret_cloud.DETECTOR.judge(ImageFacts(config=ImageConfig(), secrets=(found("env:X", 1, place="env"), other))))
        == []
    )


def test_a_family_of_services_is_told_by_its_first_pattern() -> None:
    """Its examples are that pattern's own, in a program, and what to do is said in both languages."""
    spec = service_detector("IMG-999", Text("Keep", "留有"), Severity.HIGH, secret_china.PATTERNS).spec
    first = secret_china.PATTERNS[0]
    assert (spec.id, spec.severity) == ("IMG-999", Severity.HIGH)
    assert spec.fires[0].given.layers[0][0].data == first.examples()[0]
    assert spec.quiet[0].given.layers[0][0].data == first.alike()[1]
    assert spec.remediation.en
    assert spec.remediation.zh
