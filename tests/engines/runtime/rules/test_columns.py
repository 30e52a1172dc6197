"""Where facts stand in a row: what is looked for where. That it suffices is proved by test_derive."""

from __future__ import annotations

import pytest

from periderm.engines.runtime.rules.columns import ELEMENT, Form, mode_needs, port_needs, text_needs, truth_needs
from periderm.engines.runtime.rules.needs import ALL_KINDS, ANY, CONTAINER, NODE
from periderm.model.event import EventFlag, EventKind


def test_a_path_is_looked_for_in_all_rows() -> None:
    """In the text of every kind."""
    (need,) = text_needs("path", (Form("is", "/etc/shadow"),))
    assert need.kinds == ALL_KINDS
    assert need.check is not None
    assert need.check.text == {"^/etc/shadow$"}


def test_a_name_is_looked_for_behind_loaders() -> None:
    """In the path and the arguments of an exec, in the program of others, where a loader may stand for it."""
    execs, others = text_needs("name", (Form("is", "nc"),))
    assert execs.kinds == {EventKind.EXEC}
    assert execs.check is not None
    assert others.check is not None
    assert execs.check.args
    assert any("busybox" in pattern for pattern in others.check.exe)


def test_arguments_are_looked_for_in_execs_only() -> None:
    """Other rows do not carry them: they are not held back."""
    execs, others = text_needs(ELEMENT, (Form("is", "-e"),))
    assert execs.check is not None
    assert others.check is None


@pytest.mark.parametrize(
    "form", [Form("is", ""), Form("has", "a\nb"), Form("has", "a\0b"), Form("matches", "a?"), Form("is", "\ud800")]
)
def test_what_cannot_be_looked_for(form: Form) -> None:
    """Empty texts, line ends, what is not UTF-8."""
    assert [need.check for need in text_needs("path", (form,))] == [None]


def test_places_and_numbers() -> None:
    """Containers' facts, the host's, ports, modes, flags."""
    assert [n.where for n in text_needs("image", (Form("begins", "a"),))] == [CONTAINER]
    assert [n.where for n in text_needs("host", (Form("is", "a"),))] == [NODE]
    assert text_needs("package", (Form("is", "a"),)) == ANY
    assert port_needs((0, 22)) == ANY
    assert port_needs((22,))[0].check is not None
    assert {kind for need in mode_needs() for kind in need.kinds} == {EventKind.CHMOD, EventKind.MKDIR, EventKind.OPEN}
    (upper,) = truth_needs("upper")
    assert upper.check is not None
    assert upper.check.flags == EventFlag.UPPER
    assert truth_needs("interactive") == ANY
