"""One test for every detector there is: its identity is whole, and each of its examples does what it says."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from periderm.engines import image, runtime
from periderm.model.attack import known
from periderm.model.detector import DetectorSpec
from periderm.model.severity import Severity
from periderm.model.text import Text

ROOT = Path(__file__).resolve().parent.parent
# One line for each engine.
CAPABILITIES = (("image", "IMG-", image), ("runtime", "RUN-", runtime))
ALL = [(engine, detector) for _, _, engine in CAPABILITIES for detector in engine.DETECTORS]
SPECS = [detector.spec for _, detector in ALL]


def examples(kind: str) -> list[object]:
    """Every example of a kind, named by its detector and number."""
    return [
        pytest.param(engine, detector, example, id=f"{detector.spec.id}-{number}")
        for engine, detector in ALL
        for number, example in enumerate(getattr(detector.spec, kind))
    ]


@pytest.mark.parametrize(("engine", "detector", "example"), examples("fires"))
def test_it_fires(engine, detector, example) -> None:  # type: ignore[no-untyped-def]
    """On each of its own examples, through the whole engine."""
    found = engine.run_example(detector, example.given)
    assert detector.spec.id in {judgement.detector for judgement in found}, example.why


@pytest.mark.parametrize(("engine", "detector", "example"), examples("quiet"))
def test_it_stays_quiet(engine, detector, example) -> None:  # type: ignore[no-untyped-def]
    """On what only looks like it."""
    found = engine.run_example(detector, example.given)
    assert detector.spec.id not in {judgement.detector for judgement in found}, example.why


def test_ids_are_unique_and_say_where_they_belong() -> None:
    """An id is for ever: it stands in exceptions, tickets and reports."""
    ids = [spec.id for spec in SPECS]
    assert len(set(ids)) == len(ids)
    for _, prefix, engine in CAPABILITIES:
        for detector in engine.DETECTORS:
            assert re.fullmatch(re.escape(prefix) + r"[A-Z0-9][A-Z0-9-]*", detector.spec.id)


def fields(text: str) -> set[str]:
    """The names in `{}`."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_its_identity_is_whole(spec: DetectorSpec[object]) -> None:
    """Everything that reference pages, exports and the console take from it."""
    assert spec.fires
    assert spec.quiet
    assert spec.severity > Severity.UNKNOWN
    for text in (spec.title, spec.message, spec.remediation):
        assert isinstance(text, Text)
        assert text.en.strip() == text.en != ""
        words = re.sub(r"{\w*}", "", text.en)
        assert not re.search(r"[a-z]", words) or re.search(r"[\u4e00-\u9fff]", text.zh), f"{text.zh!r} is no Chinese"
        assert fields(text.en) == fields(text.zh)
    assert re.match(r"[A-Z][a-z]+ ", spec.title.en), "a title begins with a verb"
    assert not spec.title.en.endswith(".")
    assert [t for t in spec.techniques if not known(t)] == []
    assert all(example.why for example in (*spec.fires, *spec.quiet))
    assert all(1 <= number <= 65 for number in spec.behaviours)


@pytest.mark.parametrize(("capability", "prefix", "engine"), CAPABILITIES, ids=[c for c, _, _ in CAPABILITIES])
def test_every_detector_file_is_in_the_tuple(capability: str, prefix: str, engine: object) -> None:
    """One more detector is one file and one line; a file without its line judges nothing."""
    folder = ROOT / "src" / "periderm" / "engines" / capability / "detectors"
    files = {path.stem for path in folder.glob("*.py") if path.stem != "__init__"}
    lines = (folder / "__init__.py").read_text() + (folder.parent / "__init__.py").read_text()
    assert {name for name in files if not re.search(rf"\b{name}\.DETECTOR\b", lines)} == set()
    assert len(files) <= len(engine.DETECTORS)  # type: ignore[attr-defined]
