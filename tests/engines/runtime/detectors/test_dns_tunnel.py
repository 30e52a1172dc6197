"""Data in names, and names that only look like it."""

from __future__ import annotations

import base64
import hashlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.dns_tunnel import DETECTOR, entropy, split
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import Event, EventKind


def asks(names: list[str], kind: int = 1, every: float = 0.1) -> list[Event]:
    """Questions one after the other."""
    return [row(EventKind.DNS, 2, name, arg0=kind, at=601.0 + n * every) for n, name in enumerate(names)]


PROGRAM = runs(2, 1, "/app/x", "x")


def encoded(count: int, how: str, size: int) -> list[str]:
    """What real encodings of pseudo-random bytes look like."""
    names = []
    for n in range(count):
        data = hashlib.sha256(str(n).encode()).digest() * 2
        text = {"hex": data.hex(), "base32": base64.b32encode(data).decode().lower().rstrip("=")}[how]
        names.append(f"{text[:size]}.t.evil.example")
    return names


@pytest.mark.parametrize("how", ["hex", "base32"])
@pytest.mark.parametrize(("size", "count"), [(56, 8), (30, 45), (20, 45)])
def test_encodings(how: str, size: int, count: int) -> None:
    """Fewer of the long, more of the short."""
    assert run_example(DETECTOR, scene(PROGRAM, *asks(encoded(count, how, size))))


@pytest.mark.parametrize(
    "names",
    [
        [f"shard-{n}.search.shop.example" for n in range(80)],
        [f"{word}-service-production.shop.example" for word in ("alpha", "bravo", "charlie", "delta", "echo", "golf") * 5],
        [f"ec2-198-51-100-{n}.compute-1.amazonaws.com" for n in range(80)],
        [f"{n}.100.51.198.in-addr.arpa" for n in range(80)],
        [f"ip-10-0-0-{n}.eu-central-1.compute.internal" for n in range(80)],
        ["selector1-very-long-name-of-a-customer._domainkey.shop.example"] * 40,
    ],
    ids=lambda names: names[0],
)
def test_names_of_every_day(names: list[str]) -> None:
    """Hosts, clouds, reverse look-ups, mail."""
    assert run_example(DETECTOR, scene(PROGRAM, *asks(names))) == []


def test_slow_questions_stay_below() -> None:
    """The window is two minutes: what is slower than that is the limit of this detector."""
    assert run_example(DETECTOR, scene(PROGRAM, *asks(encoded(20, "hex", 56), every=60.0))) == []


def test_the_registered_domain() -> None:
    """Two labels, three below a country's second level."""
    assert split("a.b.evil.example") == ("a.b", "evil.example")
    assert split("a.evil.co.uk.") == ("a", "evil.co.uk")
    assert split("example") == ("", "example")


@given(st.text(max_size=64))
def test_entropy_is_a_measure(text: str) -> None:
    """Never negative, never more than the number of different characters allows."""
    assert 0.0 <= entropy(text) <= math.log2(max(1, len(set(text)))) + 1e-9
