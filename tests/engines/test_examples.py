"""Every detector of every engine keeps what its examples promise, and says who it is in full."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from periderm import engines
from periderm.flow import config_files
from periderm.model import attack
from periderm.model.detector import DetectorSpec

TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")
IDENTITY = re.compile(r"[A-Z]{3,4}(-[A-Z0-9]+)+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What titles begin with. A new word is added here by whoever needs it, after asking whether it is a verb.
VERBS = (
    "Open Spawn Connect Run Read Write Mount Enter Load Inject Mine Find Tell Say Keep Give Set Leave Put "
    "Contain Allow Skip Include Hold Miss Rest Make Hide Send Change Build Get Start "
    "Search Create Clear Erase Remove Stop Let Hand Copy"
)


def packages() -> Iterator[ModuleType]:
    """Engine packages that list detectors and can run an example; build files are read by a format first, which an engine
    may not know, so theirs are run where both meet."""
    for info in pkgutil.iter_modules(engines.__path__, "periderm.engines."):
        package = importlib.import_module(info.name)
        if hasattr(package, "DETECTORS") and hasattr(package, "run_example"):
            yield package
    yield config_files


def spec_of(detector: Any) -> DetectorSpec[Any]:
    """A detector carries its specification, or is one."""
    return detector if isinstance(detector, DetectorSpec) else detector.spec


ALL = [pytest.param(package, detector, id=spec_of(detector).id) for package in packages() for detector in package.DETECTORS]


def detector_of(judgement: Any) -> str:
    """The detector of a finding or alert."""
    return str(judgement.detector)


@pytest.mark.parametrize(("package", "detector"), ALL)
def test_examples_fire(package: ModuleType, detector: Any) -> None:
    """What a detector says it finds, it finds, by itself."""
    spec = spec_of(detector)
    silent = [e.why for e in spec.fires if spec.id not in {detector_of(j) for j in package.run_example(detector, e.given)}]
    assert silent == []


@pytest.mark.parametrize(("package", "detector"), ALL)
def test_quiet_examples_stay_quiet(package: ModuleType, detector: Any) -> None:
    """What looks alike and is benign raises nothing."""
    spec = spec_of(detector)
    assert [e.why for e in spec.quiet if any(package.run_example(detector, e.given))] == []


@pytest.mark.parametrize(("package", "detector"), ALL)
def test_examples_enough(package: ModuleType, detector: Any) -> None:
    """At least one example of each kind, each with its reason, no two with the same."""
    spec = spec_of(detector)
    assert spec.fires
    assert spec.quiet
    whys = [e.why for e in (*spec.fires, *spec.quiet)]
    assert all(whys)
    assert len(set(whys)) == len(whys)


@pytest.mark.parametrize(("package", "detector"), ALL)
def test_identity_is_complete(package: ModuleType, detector: Any) -> None:
    """Id, verb, both languages, technique and remediation: what reference pages and exports are made from."""
    spec = spec_of(detector)
    assert IDENTITY.fullmatch(spec.id)
    assert spec.title.en.split()[0] in VERBS.split()
    assert not spec.title.en.endswith(".")
    for text in (spec.title, spec.remediation):
        assert text.en.strip()
        assert CHINESE.search(text.zh)
    assert spec.message.en.strip()
    assert spec.message.zh.strip()
    names = [sorted(set(re.findall(r"\{(\w+)\}", sentence))) for sentence in (spec.message.en, spec.message.zh)]
    assert names[0] == names[1]
    assert all(TECHNIQUE.fullmatch(technique) for technique in spec.techniques)
    assert [t for t in spec.techniques if not attack.known(t)] == []


def test_ids_are_unique() -> None:
    """An id means one thing, for ever."""
    ids = [spec_of(p.values[1]).id for p in ALL]
    assert sorted(set(ids)) == sorted(ids)
    assert ids
