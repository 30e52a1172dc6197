"""What the engine keeps of an inventory."""

from __future__ import annotations

import msgspec

from periderm.engines.runtime.facts import facts_of, in_step, in_volume, step_path
from periderm.engines.runtime.scene import SHOP, image, row
from periderm.model.event import EventKind


def test_paths_are_absolute_however_they_were_written() -> None:
    """Inventories count from the image's root, events from the container's."""
    facts = facts_of(image("/usr/bin/id", "opt/x", secrets=("srv/.env", "/a")))
    assert facts.brought("/opt/x")
    assert facts.secrets == {"/srv/.env", "/a"}
    assert facts.package("/usr/bin/id") == "id"


def test_a_merged_usr_has_two_names() -> None:
    """/bin/id and /usr/bin/id are one file where /bin leads to /usr/bin."""
    facts = facts_of(image("/usr/bin/id", "/sbin/init"))
    assert facts.brought("/bin/id")
    assert facts.brought("/usr/sbin/init")
    assert not facts.brought("/usr/usr/bin/id")


def test_copies_of_shells_are_known_by_their_content() -> None:
    """A hard link or copy of dash under another name is a shell; busybox is not called one as a whole."""
    same = {"/bin/dash": "aa", "/bin/x": "aa", "/bin/busybox": "bb", "/bin/sh": "bb", "/bin/y": ""}
    assert facts_of(image(*same, digests=same)).shells == {"/bin/x"}


def test_an_inventory_with_gaps_is_not_complete() -> None:
    """Neither one that says so, nor an empty one."""
    assert facts_of(image("/a")).complete
    assert not facts_of(image()).complete
    assert not facts_of(msgspec.structs.replace(image("/a"), not_examined=("x",))).complete


def test_names_that_are_not_text_can_be_kept() -> None:
    """Facts go into snapshots."""
    facts = facts_of(image("/srv/\udcff", secrets=("\udcfe",)))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=type(facts)) == facts


def test_volumes() -> None:
    """The mount itself is not below itself; the root is no volume."""
    container = msgspec.structs.replace(SHOP, mounts=("/", "/data/", ""))
    assert in_volume("/data/x", container) == "/data/"
    told = msgspec.structs.replace(SHOP, mounts=("/srv/data:/data", "/:/"))
    assert in_volume("/data/x", told) == "/data"
    assert in_volume("/srv/data/x", told) == ""
    assert in_volume("/data", container) == ""
    assert in_volume("/x", container) == ""


def test_a_step_of_a_build_sees_its_own_paths() -> None:
    """The folder of the host that is its root is taken off; for a container that is none nothing is."""
    step = msgspec.structs.replace(SHOP, labels={"periderm.image-build": "true"})
    path = "/var/tmp/buildah3315215751/mnt/rootfs/usr/bin/dash"
    assert step_path(path, step) == "/usr/bin/dash"
    assert step_path("/var/tmp/buildah1/mnt/rootfs", step) == "/"
    assert step_path("/var/tmp/buildah1/mnt/rootfs2/x", step) == "/var/tmp/buildah1/mnt/rootfs2/x"
    assert step_path(path, SHOP) == path
    event = row(EventKind.RENAME, 2, path, raw="/etc/passwd", exe=path, on=step)
    assert (in_step(event).text, in_step(event).exe, in_step(event).raw) == ("/usr/bin/dash", "/usr/bin/dash", "/etc/passwd")
    plain = row(EventKind.OPEN, 2, path, on=SHOP)
    assert in_step(plain) is plain
