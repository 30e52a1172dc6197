"""The OCSF objects that the export fills."""

from __future__ import annotations

import msgspec

from periderm.formats.ocsf.objects import Attack, Container, Named, Process


def test_what_is_unknown_is_left_out() -> None:
    """OCSF has no empty values: an attribute that nobody knows is not there, but a zero that is known stays."""
    assert msgspec.to_builtins(Container(uid="abc")) == {"uid": "abc"}
    assert msgspec.to_builtins(Process(pid=0, uid="0")) == {"pid": 0, "uid": "0"}


def test_objects_nest_under_their_names() -> None:
    """Names on the wire are OCSF's own, all in snake case."""
    made = Attack(version="19", tactic=Named(uid="TA0006", name="Credential Access"), technique=Named(uid="T1003"))
    assert msgspec.to_builtins(made) == {
        "version": "19",
        "tactic": {"uid": "TA0006", "name": "Credential Access"},
        "technique": {"uid": "T1003"},
    }
