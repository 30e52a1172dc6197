"""What a read-only root must leave writable."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.baseline.hardening_folders import under, writable, written
from periderm.engines.runtime.scene import SHOP
from periderm.model.baseline import Entry
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.hardening import Writable
from periderm.model.image import ImageConfig
from tests.hardened import NGINX, SEEN


def entries(*paths: str) -> list[Entry]:
    """Files that nginx writes."""
    return [Entry(Behaviour(Aspect.WRITE, NGINX, path), SEEN) for path in paths]


def test_writing_among_the_images_own_files_keeps_the_root_open() -> None:
    """A volume over /etc would hide what the image brought; the reason names the file."""
    found = writable(entries("/etc/nginx/conf.d/new.conf", "/data/x"), ImageConfig(), None)
    assert not found.proposed
    assert "/etc/nginx/conf.d/new.conf" in found.notes[0].text.en
    assert found.places == (Writable("/data", True),)


def test_volumes_and_what_the_host_lends_are_there_already() -> None:
    """A volume of the image stays one, a folder that is lent is not asked for again, and one inside another is not told."""
    lent = msgspec.structs.replace(SHOP, mount_sources=("/srv/data:/data:rw", "/etc/hosts:/etc/hosts:ro", "odd"))
    found = writable(entries("/data/a/b", "/etc/app/state/x"), ImageConfig(volumes=("/etc/app/state", "/data/sub/")), lent)
    assert found.proposed
    assert found.places == (Writable("/data", True, True), Writable("/etc/app/state", True))


def test_what_passes_takes_memory_only() -> None:
    """Temporary folders are a tmpfs, the kernel's are nobody's matter."""
    found = writable(
        entries("/tmp/a/b", "/run/x/y.pid", "/dev/shm/z", "/proc/self/oom_score_adj", "/dev/null"), ImageConfig(), None
    )
    assert found.places == (Writable("/dev/shm", False), Writable("/run", False), Writable("/tmp", False))


@given(st.lists(st.sampled_from(["/a/b/c", "/a/d", "/data/*/x", "/data/**", "/tmp/x", "/var/lib/q/z", "/v/w/x/y"]), max_size=7))
def test_all_that_was_written_lies_below_what_stays_writable(paths: list[str]) -> None:
    """Else the read-only root would break it."""
    found = writable(entries(*paths), ImageConfig(), None)
    places = tuple(place.path for place in found.places)
    assert found.proposed
    assert all(under(path.partition("*")[0].rstrip("/"), places) for path in written(entries(*paths)))
