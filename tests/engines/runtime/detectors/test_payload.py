"""RUN-161: what a file's content says, with who brought it."""

from __future__ import annotations

from periderm.engines.runtime import RuntimeEngine
from periderm.engines.runtime.detectors.payload import DETECTOR
from periderm.engines.runtime.scene import HOST, batch_of, row, runs, scene
from periderm.model.alert import Alert
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.severity import Severity


def said(*events: Event) -> list[Alert]:
    """What the detector alone says."""
    return RuntimeEngine(HOST, (DETECTOR,)).feed(batch_of(scene(*events).events))


MINER = row(EventKind.CONTENT, 3, "/tmp/k", raw="CON-003", argv=("ab", "high", "T1496.001", "Find a coin miner", "", "xmrig"))


def test_the_alert_tells_rule_digest_and_pieces() -> None:
    """An analyst sees what matched and can look the file up by its digest; the technique is the rule's."""
    (alert,) = said(runs(2, 1, "/usr/bin/curl", "curl"), runs(3, 2, "/tmp/k", "k", flags=EventFlag.UPPER), MINER)
    assert alert.techniques == ("T1496.001",)
    assert alert.evidence == {"rule": "CON-003", "sha256": "ab", "size": "0", "matched": "xmrig", "as_written": "CON-003"}
    assert alert.severity is Severity.HIGH
    assert [p.exe for p in alert.lineage] == ["/tmp/k", "/usr/bin/curl"]


def test_what_a_package_brings_weighs_less() -> None:
    """A package manager unpacks such words in documentation and tests."""
    (alert,) = said(runs(3, 1, "/usr/bin/dpkg", "dpkg", "--unpack"), MINER)
    assert alert.severity is Severity.LOW


def test_words_of_the_file_cannot_break_the_alert() -> None:
    """Fewer or more parts than expected, and any severity."""
    for argv in ((), ("x",), ("d", "nonsense", "T1", "t", "s", *("p",) * 50)):
        assert len(said(runs(3, 1, "/tmp/k", "k"), row(EventKind.CONTENT, 3, "/tmp/k", raw="yara:x", argv=argv))) == 1
