"""Patterns compiled once, and taken again."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import RuntimeEngine, patterns
from periderm.engines.runtime.detectors import DETECTORS
from periderm.engines.runtime.detectors.miner import DETECTOR
from periderm.engines.runtime.judging import Interest
from periderm.engines.runtime.patterns import compiled
from periderm.engines.runtime.scene import HOST, batch_of
from periderm.model.event import EventKind

INTERESTS = (Interest(kinds=(EventKind.EXEC,), text=("ab+c$",)), Interest(kinds=(EventKind.EXEC,), args=("(?i)xyz",)))


class Memory:
    """Keeps in memory, and counts."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.found = 0

    def get(self, key: str) -> bytes | None:
        self.found += key in self.kept
        return self.kept.get(key)

    def put(self, key: str, data: bytes) -> None:
        self.kept[key] = data


@pytest.fixture(autouse=True)
def nothing_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process."""
    monkeypatch.setattr(patterns, "_LATELY", {})


def hits(interests: tuple[Interest, ...], kept: Memory | None, text: bytes) -> set[int]:
    """Which interests match."""
    found: set[int] = set()
    compiled(interests, kept).scan(text, match_event_handler=lambda number, *_: found.add(number))
    return found


def test_a_kept_database_matches_the_same() -> None:
    """Taken again it finds what it found when it was compiled."""
    memory = Memory()
    for _ in range(2):
        assert hits(INTERESTS, memory, b"abbc") == {0}
        assert hits(INTERESTS, memory, b"..XYZ..") == {1}
    assert len(memory.kept) == 1
    assert hits((), None, b"anything") == set()


@pytest.mark.parametrize("damage", [b"", b"x" * 40, None])
def test_a_damaged_one_is_compiled_anew(damage: bytes | None) -> None:
    """Shortened, replaced, or with a byte turned: it is never run."""
    memory = Memory()
    compiled(INTERESTS, memory)
    ((key, data),) = memory.kept.items()
    patterns._LATELY.clear()
    memory.kept[key] = data[:-1] + bytes([data[-1] ^ 1]) if damage is None else damage
    assert hits(INTERESTS, memory, b"abc") == {0}
    assert memory.kept[key] == data


def test_rules_come_beside_the_detectors_and_go() -> None:
    """Prepared apart, used at once, replaced without touching what the engine knows."""
    engine = RuntimeEngine(HOST, (DETECTORS[0],))
    scenes = [batch_of(example.given.events) for example in DETECTOR.spec.fires]
    assert not any(engine.feed(batch) for batch in scenes)
    engine.use(engine.prepare((DETECTOR,)))
    assert all(engine.feed(batch) for batch in scenes[:3])
    engine.use_rules(())
    assert not any(engine.feed(batch) for batch in scenes[3:])
