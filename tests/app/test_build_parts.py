"""What a build is asked for and what comes of it."""

from __future__ import annotations

import pytest

from periderm.app.build_command import read_command
from periderm.app.build_parts import Checked, Outcome, full_name
from periderm.app.judge_image import judge_image, read_gate
from tests.reports import report


@pytest.mark.parametrize(
    ("tool", "name", "whole"),
    [
        ("podman", "shop", "localhost/shop:latest"),
        ("buildah", "team/shop:1", "localhost/team/shop:1"),
        ("podman", "localhost/shop", "localhost/shop:latest"),
        ("podman", "registry.example/shop:1", "registry.example/shop:1"),
        ("podman", "registry:5000/shop", "registry:5000/shop:latest"),
        ("docker", "shop", "shop:latest"),
        ("podman", "", ""),
    ],
)
def test_names_as_the_builder_keeps_them(tool: str, name: str, whole: str) -> None:
    """So that exceptions for an image's name hold for it, and the attestations name it."""
    assert full_name(read_command([tool, "build", "."]), name) == whole


def test_refused_by_its_definition() -> None:
    """Then nothing was built, and it is refused all the same."""
    bad = judge_image(report(), read_gate("true"), None)
    assert Outcome(checked=(Checked(path="Containerfile", report=report(), judged=bad),)).refused
    assert not Outcome(status=3).refused
