"""Programs told by name."""

from __future__ import annotations

from periderm.engines.image.detectors import shell_present
from periderm.engines.image.facts import ImageFacts
from periderm.engines.image.programs import programs_detector
from periderm.model.image import ExecutableFile, ImageConfig


def executable(path: str) -> ExecutableFile:
    """A file that can be run."""
    return ExecutableFile(path, 1, 0o755, "", "", "sha256:0")


def test_only_where_a_path_finds_them() -> None:
    """One hit that names each program once and shows the first eight paths; a file of that name elsewhere is none."""
    detector = programs_detector(shell_present.SPEC, {"sh", "bash"})
    paths = ["usr/share/doc/sh", "usr/bin/bash", "bin/sh", "usr/local/bin/bash"]
    (hit,) = detector.judge(ImageFacts(config=ImageConfig(), executables=tuple(map(executable, paths))))
    assert (hit.location, hit.values["names"]) == ("usr/bin/bash", "bash, sh")
    assert hit.evidence == "usr/bin/bash, bin/sh, usr/local/bin/bash"
    assert not list(detector.judge(ImageFacts(config=ImageConfig(), executables=(executable("opt/sh"),))))
