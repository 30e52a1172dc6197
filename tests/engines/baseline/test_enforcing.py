"""What enforcing a baseline would kill."""

from __future__ import annotations

import msgspec

from periderm.engines.baseline.enforcing import MOST_STRANGERS, programs_of, strangers
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.image import ExecutableFile
from tests.hardened import NGINX, baseline, inventory

SH = ExecutableFile("bin/sh", 1, 0o755, "", "dash", "")
LIB = ExecutableFile("usr/lib/libz.so.1.2", 1, 0o755, "", "zlib1g", "")
SCRIPT = ExecutableFile("srv/start.sh", 1, 0o755, "", "", "")
CURL = ExecutableFile("usr/bin/curl", 1, 0o755, "", "curl", "")


def test_programs_of_the_image_that_never_run_are_strangers() -> None:
    """Interpreters, their scripts, and libraries (also by pattern) are known."""
    told = baseline(Behaviour(Aspect.PROGRAM, "/bin/sh /srv/start.sh"), Behaviour(Aspect.EXECUTE, NGINX, "/usr/lib/libz.so.*"))
    found = strangers(told, inventory(SH, LIB, SCRIPT, CURL))
    assert found is not None
    assert found.programs == ("/usr/bin/curl",)
    assert set(found.known) == {NGINX, "/bin/sh", "/srv/start.sh"}
    assert "/usr/lib/libz.so.*" in programs_of(told)


def test_nothing_is_enforced_before_it_has_converged() -> None:
    """Nor in an image with more programs than one service has."""
    learning = msgspec.structs.replace(baseline(), settled=0)
    assert strangers(learning, inventory(CURL)) is None
    many = [ExecutableFile(f"opt/{n}", 1, 0o755, "", "", "") for n in range(MOST_STRANGERS + 1)]
    assert strangers(baseline(), inventory(*many)) is None
