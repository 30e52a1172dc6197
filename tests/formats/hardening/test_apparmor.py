"""AppArmor profiles."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from periderm.formats.hardening.apparmor import profile_name, write
from periderm.model.hardening import Hardening, Writable

SHOP = Hardening(
    workload_id="w",
    name="Shop Web",
    programs=("/usr/sbin/nginx", "/bin/sh /docker-entrypoint.sh"),
    libraries=("/opt/app/lib*.so",),
    writes=("/var/log/nginx/*.log", '/srv/a"b {c}/d'),
    writable=(Writable("/run", False),),
    capabilities=("CAP_NET_BIND_SERVICE",),
)


def test_programs_writes_and_powers_are_listed() -> None:
    """Interpreters as well as their scripts; names with special characters are quoted and escaped."""
    text = write(SHOP).decode()
    for line in (
        "profile periderm-shop-web flags",
        "/usr/sbin/nginx mrix,",
        "/bin/sh mrix,",
        "/docker-entrypoint.sh mrix,",
        "/opt/app/lib*.so mr,",
        "/var/log/nginx/*.log rwkl,",
        "/run/{,**} rwkl,",
        "capability net_bind_service,",
        '"/srv/a\\"b \\{c\\}/d" rwkl,',
    ):
        assert line in text
    assert "capability,\n" in write(msgspec.structs.replace(SHOP, capabilities=None)).decode()


def test_a_name_cannot_end_its_comment() -> None:
    """A workload's name is text, whatever it holds."""
    text = write(msgspec.structs.replace(SHOP, name="x\n/etc/** w,")).decode()
    assert "\n/etc/** w," not in text
    assert profile_name(SHOP) == "periderm-shop-web"


@pytest.mark.skipif(shutil.which("apparmor_parser") is None, reason="the Debian package apparmor is not here")
def test_the_parser_takes_it(tmp_path: Path) -> None:
    """AppArmor's own parser compiles it, without a kernel."""
    path = tmp_path / "profile"
    path.write_bytes(write(SHOP))
    parser = str(shutil.which("apparmor_parser"))
    done = subprocess.run([parser, "-Q", "-K", "-S", str(path)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
