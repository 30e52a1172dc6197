"""Which incidents are alike."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.correlate.similar import LEAST, MOST_TRAITS, SHOWN, alike, traits
from periderm.model.incident import Incident
from periderm.model.similar import Trait, TraitKind
from tests.story import FixedClock, incident

NOW = FixedClock().time
ONE: Incident = incident(NOW - 10**10, NOW)


def variant(name: str, **changes: object) -> Incident:
    """The story's incident under another id."""
    return msgspec.structs.replace(ONE, id=name, **changes)


def renamed(name: str) -> Incident:
    """One that shares nothing with it."""
    chain = tuple(
        msgspec.structs.replace(s, detector=f"X-{name}", technique=f"T-{name}", object=f"/{name}", process_key=0)
        for s in ONE.chain
    )
    return variant(name, chain=chain, workload_id=f"w-{name}", image_digest=f"i-{name}")


def test_the_same_attack_elsewhere_is_the_likest() -> None:
    """Before another attack on the same workload; what shares nothing is not named."""
    elsewhere = variant("elsewhere", workload_id="w-other", image_digest="i-other")
    same_place = msgspec.structs.replace(renamed("place"), workload_id=ONE.workload_id, image_digest=ONE.image_digest)
    others = [renamed(f"n{i}") for i in range(20)]
    found = alike(ONE, [*others, same_place, elsewhere, ONE], 5)
    assert [each.id for each in found] == ["elsewhere"]
    assert found[0].score > 80
    assert TraitKind.WORKLOAD not in {trait.kind for trait in found[0].shared}
    assert len(found[0].shared) <= SHOWN


def test_what_everybody_does_says_little() -> None:
    """One rare file in common weighs more than a detector that fires in every incident."""
    noisy = ONE.chain[0]
    crowd = [
        variant(f"c{i}", chain=(msgspec.structs.replace(noisy, object=f"/tmp/{i}"),), workload_id="", image_digest="")
        for i in range(50)
    ]
    asked = variant("asked", chain=(msgspec.structs.replace(noisy, object="/tmp/7"),), workload_id="", image_digest="")
    found = alike(asked, crowd, 3)
    assert found[0].id == "c7"
    assert found[0].score > 2 * (found[1].score if len(found) > 1 else LEAST)


@given(st.permutations(range(6)))
def test_the_order_of_what_is_compared_does_not_matter(order: list[int]) -> None:
    """Nor whether the incident itself is among them."""
    crowd = [variant(f"v{i}", chain=ONE.chain[: 1 + i % 4], last_time=ONE.last_time + i) for i in range(6)]
    expected = alike(ONE, crowd, 4)
    assert alike(ONE, [*(crowd[i] for i in order), ONE], 4) == expected
    assert [each.score for each in expected] == sorted((each.score for each in expected), reverse=True)


def test_an_attacker_does_not_decide_the_cost() -> None:
    """However many steps there are, so many traits are compared."""
    many = tuple(msgspec.structs.replace(ONE.chain[0], object=f"/tmp/{i}") for i in range(5_000))
    assert len(traits(variant("many", chain=many))) == MOST_TRAITS


def test_nothing_is_like_nothing() -> None:
    """An incident without steps, and no others."""
    assert alike(ONE, [], 5) == ()
    empty = variant("empty", chain=(), workload_id="", image_digest="")
    assert alike(empty, [ONE, variant("empty-2", chain=(), workload_id="", image_digest="")], 5) == ()
    assert Trait(TraitKind.DETECTOR, "a") < Trait(TraitKind.DETECTOR, "b")


@given(st.lists(st.tuples(*[st.sampled_from(["", "a", "b", "c/d"])] * 3, st.integers(0, 3)), max_size=12), st.integers(0, 1))
def test_traits_are_those_of_the_steps(steps: list[tuple[str, str, str, int]], held: int) -> None:
    """In whichever way they are gathered, with few and with too many."""
    more = tuple(msgspec.structs.replace(ONE.chain[0], detector=f"D-{n}") for n in range(held * 300))
    made = tuple(
        msgspec.structs.replace(ONE.chain[0], detector=detector, technique=technique, object=object_, process_key=process)
        for detector, technique, object_, process in steps
    )
    processes = tuple(msgspec.structs.replace(ONE.processes[0], key=key, exe=exe) for key, exe in ((1, "/bin/x"), (2, "y")))
    one = variant("one", chain=made + more, processes=processes)
    names = {1: "x", 2: "y"}
    expected = {Trait(TraitKind.WORKLOAD, one.workload_id), Trait(TraitKind.IMAGE, one.image_digest)}
    for step in one.chain:
        values = (step.detector, step.technique, names.get(step.process_key, ""), step.object)
        kinds = (TraitKind.DETECTOR, TraitKind.TECHNIQUE, TraitKind.PROGRAM, TraitKind.OBJECT)
        expected |= {Trait(kind, value) for kind, value in zip(kinds, values, strict=True) if value}
    found = traits(one)
    assert found <= expected
    assert len(found) == min(len(expected), MOST_TRAITS)
