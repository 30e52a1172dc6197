"""What the image brought and what came later."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.drift import DETECTOR
from periderm.engines.runtime.scene import SHOP, image, runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

KNOWN = image("/usr/sbin/nginx")


def test_a_limited_inventory_proves_nothing() -> None:
    """If a scan left something out, absence from it is no sign."""
    limited = msgspec.structs.replace(KNOWN, not_examined=("layer 7 was too large",))
    assert run_example(DETECTOR, scene(runs(2, 1, "/opt/tool", "tool"), inventory=limited)) == []
    assert run_example(DETECTOR, scene(runs(2, 1, "/opt/tool", "tool"), inventory=KNOWN))


def test_the_kernels_word_is_told() -> None:
    """Killed, or would have been: the effect is made from this."""
    for flag, word in ((EventFlag.KILLED, "killed"), (EventFlag.WOULD_KILL, "would-kill")):
        said = run_example(DETECTOR, scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER | flag), inventory=KNOWN))
        assert said[0].evidence["kernel"] == word
        assert said[0].process.killed == (flag is EventFlag.KILLED)
        assert said[0].severity >= Severity.HIGH


def test_a_start_script_that_changes_owners_is_said_softly() -> None:
    """chown copies a program up; the same file changed later is another matter."""
    script = runs(1, 0, "/usr/bin/dash", "sh", "/start.sh", at=0.0)
    for at, severity in ((2.0, Severity.LOW), (500.0, Severity.HIGH)):
        exec_ = runs(2, 1, "/usr/sbin/nginx", "nginx", at=at, flags=EventFlag.UPPER)
        said = run_example(DETECTOR, scene(script, exec_, inventory=image("/usr/sbin/nginx", "/usr/bin/dash")))
        assert [alert.severity for alert in said] == [severity]


@pytest.mark.parametrize(("path", "mounts", "fires"), [("/data/x", ("/data",), False), ("/database/x", ("/data",), True)])
def test_a_volume_explains_only_what_lies_in_it(path: str, mounts: tuple[str, ...], fires: bool) -> None:
    """A name that only begins like a mount is not below it."""
    on = msgspec.structs.replace(SHOP, mounts=mounts)
    said = run_example(DETECTOR, scene(runs(2, 1, path, "x", on=on), inventory=KNOWN))
    assert [alert.process.drifted for alert in said] == [fires]


def test_bytes_that_are_not_text_do_not_hide_a_program() -> None:
    """A name that is not UTF-8 is found in the inventory, and reported if it is not."""
    name = "/srv/\udcff"
    assert run_example(DETECTOR, scene(runs(2, 1, name, "x"), inventory=image(name))) == []
    assert run_example(DETECTOR, scene(runs(2, 1, name, "x"), inventory=KNOWN))[0].object == "/srv/\\udcff"
