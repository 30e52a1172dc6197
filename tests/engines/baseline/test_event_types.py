"""Event types are numbered for ever, complete, and what the judgement says is always one of them."""

from __future__ import annotations

import re
from pathlib import Path

from periderm.engines import baseline
from periderm.engines.baseline import event_types
from periderm.engines.baseline.event_types import DETECTORS, EVENT_TYPES
from periderm.model.deviation import PREFIX

# These were given out. A number may be added, none may go or change its meaning.
GIVEN_OUT = """
01-01 01-02 01-03 01-04 01-05 01-06 02-01 02-02 02-03 02-04 02-05
03-01 03-02 03-03 03-04 03-05 03-06 03-07 03-08 03-09 03-10 03-11
04-01 04-02 04-03 04-04 04-05 04-06 04-07 04-08 04-09 04-10
05-01 05-02 05-03 05-04 05-05 05-06 05-07 05-08 05-09 05-10 06-01 06-02
"""


def test_numbers() -> None:
    """Stable, unique, and the same in the detector's id."""
    assert set(GIVEN_OUT.split()) <= set(EVENT_TYPES)
    assert [each.spec.id for each in DETECTORS] == [PREFIX + each.number for each in DETECTORS]
    assert len(EVENT_TYPES) == len(DETECTORS)


def test_every_type_in_the_judgement_is_in_the_table() -> None:
    """The judgement's own files name no type that has no words, and the table has none that nothing tells."""
    folder = Path(event_types.__file__).parent
    files = [*folder.glob("surprise*.py"), folder / "resources.py"]
    named = {found for file in files for found in re.findall(r'"(0[1-6]-\d\d)"', file.read_text(encoding="utf-8"))}
    assert named == set(EVENT_TYPES)


def test_the_engine_lists_them() -> None:
    """What the engine's package hands out is this table."""
    assert baseline.DETECTORS is DETECTORS
    for each in DETECTORS:
        assert baseline.run_example(each, each.spec.fires[0].given)
