"""Commands that open a service."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import open_command
from periderm.engines.image.facts import GivenImage
from periderm.model.image import ImageConfig

CASES = [
    (GivenImage(config=ImageConfig(entrypoint=("mysqld",), command=("--skip-grant-tables",))), ["HIGH"], "MySQL"),
    (GivenImage(config=ImageConfig(environment=("ALLOW_EMPTY_PASSWORD=yes", "PATH=/bin"))), ["MEDIUM"], "a setting"),
    (GivenImage(config=ImageConfig(command=("ttyd", "-c", "a:b", "bash"))), [], "a shell that asks"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(open_command.DETECTOR, given)] == severities


def test_secrets_of_a_command_are_not_told() -> None:
    """What stands between the service and its option may be one."""
    config = ImageConfig(command=("redis-server", "--masterauth", "s3cr3tw0rd", "--protected-mode", "no"))
    (finding,) = run_example(open_command.DETECTOR, GivenImage(config=config))
    assert "s3cr3tw0rd" not in repr(finding)
