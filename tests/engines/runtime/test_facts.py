"""What the engine keeps of an inventory."""

from __future__ import annotations

import msgspec

from periderm.engines.runtime.facts import facts_of, in_volume
from periderm.engines.runtime.scene import SHOP, image


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
