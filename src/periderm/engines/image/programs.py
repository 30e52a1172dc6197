"""Detectors that tell programs by name, where a PATH would find them: one hit for an image, with all of them as evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec

FOLDERS = frozenset(("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin"))
_SHOWN = 8


def programs_detector(spec: DetectorSpec[GivenImage], names: Collection[str]) -> Detector:
    """A detector for executables with one of these names; its message has a place for `{names}`."""

    def judge(facts: ImageFacts) -> Iterator[Hit]:
        split = ((file, *file.path.rpartition("/")[::2]) for file in facts.executables)
        found = [(file, name) for file, folder, name in split if name in names and folder in FOLDERS]
        if found:
            first = found[0][0]
            yield Hit(
                location=first.path,
                evidence=", ".join(file.path for file, _ in found[:_SHOWN]),
                layer=first.layer,
                package=first.package,
                values={"names": ", ".join(sorted({name for _, name in found}))},
            )

    return Detector(spec, judge)
