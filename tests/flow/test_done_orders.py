"""Which orders were carried out is known over restarts."""

from __future__ import annotations

from pathlib import Path

import msgspec

from periderm.adapters.standing_files import StandingFile
from periderm.flow.done_orders import DoneOrders
from periderm.model.effect import EffectRecord, EffectState
from periderm.model.orders import MOST_TAKEN
from periderm.model.text import Text
from tests.flow.test_control import ORDER


def became(name: str, state: EffectState) -> EffectRecord:
    """What became of an order."""
    return EffectRecord(effect=msgspec.structs.replace(ORDER, id=name), state=state, time=1, detail=Text("d", "d"))


def test_what_was_carried_out_is_known_after_a_restart(tmp_path: Path) -> None:
    """Well or badly; not what is under way, nor what a policy did by itself."""
    kept = StandingFile(str(tmp_path / "done.json"), str)
    done = DoneOrders(kept.load, kept.save)
    for name in ("a", "b", "c"):
        done.expect(name)
    done.note([became("a", EffectState.APPLIED), became("by-itself", EffectState.APPLIED)])
    done.note([became("b", EffectState.ORDERED)])
    done.note([became("c", EffectState.FAILED), became("c", EffectState.UNDONE)])
    assert DoneOrders(kept.load, kept.save).ids() == ("a", "c")


def test_how_long_an_order_took_is_counted_once() -> None:
    """From its arrival until what became of it is durable; nothing of what nobody ordered."""
    now, took = [10**9], list[float]()
    done = DoneOrders(list, lambda _: None, monotonic=lambda: now[0], took=took.append)
    done.expect("a")
    now[0] += 5 * 10**8
    done.note([became("a", EffectState.APPLIED), became("a", EffectState.UNDONE), became("b", EffectState.APPLIED)])
    done.note([became("a", EffectState.APPLIED)])
    assert took == [0.5]


def test_the_list_is_bounded_and_a_full_disk_stops_nothing() -> None:
    """The oldest are forgotten first."""

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    done = DoneOrders(lambda: ["old"] * 3, full)
    for number in range(MOST_TAKEN + 5):
        done.expect(str(number))
        done.note([became(str(number), EffectState.APPLIED)])
    assert len(done.ids()) == MOST_TAKEN
    assert done.ids()[0] == "5"
