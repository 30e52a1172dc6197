"""fstab(5)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.fstab import Mount, parse

SOME = rb"""# /etc/fstab
UUID=0a-1 / ext4 errors=remount-ro 0 1
UUID="0b-2"  /usr/  xfs  ro 0 0
/dev/mapper/vg--0-va\040r /srv/with\040blank ext4
LABEL=x /var auto noauto
proc /proc proc defaults 0 0
/dev/sda5 none swap sw
tmpfs /tmp tmpfs
server:/x /net nfs
/srv /exported none bind
/dev/cdrom /media/cdrom0 udf,iso9660 user,noauto
/dev/sdb1 /../../etc ext4
broken
"""


def test_volumes_are_listed_in_order() -> None:
    """Only what is a volume of a disk; escapes, quotes, slashes; nothing that climbs out."""
    assert parse(SOME) == [
        Mount("UUID=0a-1", "", "ext4"),
        Mount("UUID=0b-2", "usr", "xfs"),
        Mount("/dev/mapper/vg--0-va r", "srv/with blank", "ext4"),
        Mount("LABEL=x", "var", "auto"),
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table(data: bytes) -> None:
    """No bytes make it do anything else, and no mount point leaves the root."""
    assert all(".." not in mount.point.split("/") for mount in parse(data))
