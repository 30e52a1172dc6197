"""What sifts files before the rules see them."""

from __future__ import annotations

import mmap

import pytest

from periderm.engines.content import DETECTORS, ContentEngine
from periderm.engines.content.judging import Detector, Kind
from periderm.engines.content.quick import Sieve


def kind_of(data: bytes, detector: Detector) -> Kind:
    """The kind of an example: programs by their head, others as the rule wants them."""
    if data.startswith(b"\x7fELF"):
        return Kind.PROGRAM
    return Kind.SCRIPT if Kind.SCRIPT in detector.kinds else Kind.TEXT


CASES = [pytest.param(d, example.given, id=f"{d.spec.id}: {example.why}") for d in DETECTORS for example in d.spec.fires]


@pytest.mark.parametrize(("detector", "data"), CASES)
def test_no_rule_is_sifted_away(detector: Detector, data: bytes) -> None:
    """Whatever a rule says it finds passes the sieve, alone and with all others."""
    kind = kind_of(data, detector)
    assert kind in detector.kinds
    assert detector.spec.id in Sieve((detector,), kind).sift(data)
    assert detector.spec.id in Sieve(DETECTORS, kind).sift(data)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.spec.id)
def test_every_rule_has_words(detector: Detector) -> None:
    """Without them a rule would run over every file of an image."""
    assert detector.quick
    assert detector.kinds


def test_most_files_are_sifted_away() -> None:
    """An ordinary script, text or program needs no rules."""
    assert Sieve(DETECTORS, Kind.SCRIPT).sift(b"#!/bin/sh\nset -e\nexec /srv/app --port 80\n") == ()
    assert Sieve(DETECTORS, Kind.TEXT).sift(b"All files are compressed. Contact us.\n") == ()
    assert Sieve(DETECTORS, Kind.PROGRAM).sift(b"\x7fELF" + bytes(64) + b"usage: %s\0") == ()


def test_a_rule_without_words_always_looks() -> None:
    """What nobody can sift is given to the rules."""
    rule = Detector(spec=DETECTORS[0].spec, source=DETECTORS[0].source)
    assert Sieve((rule,), Kind.SCRIPT).sift(b"x") == ("CON-001",)


def test_mapped_files() -> None:
    """A large file is sifted where it lies mapped."""
    with mmap.mmap(-1, 4096) as data:
        data[:20] = b"\x7fELF" + b"UPX!".rjust(16, b"\0")
        assert Sieve(DETECTORS, Kind.PROGRAM).sift(data) == ("CON-004",)  # type: ignore[arg-type] # any buffer will do


def test_titles_are_told_in_both_languages() -> None:
    """Whoever shows a match needs no catalogue."""
    (match,) = ContentEngine().inspect(b"<?php eval($_POST['c']); ?>")[0]
    assert match.title_zh == DETECTORS[0].spec.title.zh
