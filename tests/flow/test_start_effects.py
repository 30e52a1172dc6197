"""What utilities do to files."""

from __future__ import annotations

import pytest

from periderm.flow.start_effects import effects


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("mkdir -p /run/x", {"change mkdir /run/x"}),
        ("chown -R redis /data", {"change chown /data", "change chown /data/**", "read /data/**"}),
        ("/bin/rm -f /run/a.pid", {"change unlink /run/a.pid"}),
        ("cp /etc/a /etc/b", {"read /etc/a", "write /etc/b"}),
        ("tee /etc/x", {"write /etc/x"}),
        ("cat /etc/x", {"read /etc/x"}),
        ("find /data -name x", {"read /data/**"}),
        ("sed s/a/b/ /etc/x", {"read /etc/x"}),
        ("touch /x/y", {"change utime /x/y", "write /x/y"}),
        ("curl /etc/x", set()),
        ("chmod 755 $FOLDER/x relative", set()),
    ],
)
def test_each(line: str, want: set[str]) -> None:
    """Absolute literal paths only."""
    assert {f"{kind.value} {value}" for kind, value in effects(line.split())} == want


def test_editing_in_place_makes_a_file_beside() -> None:
    """`sed -i` writes another file and renames it."""
    found = {f"{kind.value} {value}" for kind, value in effects(("sed", "-i", "s/a/b/", "/etc/n/n.conf"))}
    assert {"write /etc/n/n.conf", "write /etc/n/sed*", "change chown /etc/n/sed*"} <= found
