"""Programs that no package manager brought."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.binary.programs import PROGRAMS
from periderm.formats.binary.recognised import FORMAT, cpe, read
from periderm.model.image import Origin

REAL = {
    "/bin/bash": "bash",
    "/usr/bin/perl": "perl-base",
    "/usr/bin/git": "git",
    "/usr/bin/curl": "curl",
    "/usr/bin/openssl": "openssl",
    "/usr/bin/xz": "xz-utils",
    "/usr/bin/ssh": "openssh-client",
    "/usr/bin/python3.11": "python3.11-minimal",
    "/usr/sbin/nginx": "nginx",
    "/usr/bin/redis-check-rdb": "redis-tools",
    "/usr/lib/postgresql/15/bin/postgres": "postgresql-15",
    "/lib/x86_64-linux-gnu/libc.so.6": "libc6",
    "/usr/lib/x86_64-linux-gnu/libcrypto.so.3": "libssl3",
    "/lib/x86_64-linux-gnu/liblzma.so.5": "liblzma5",
    "/lib/x86_64-linux-gnu/libz.so.1": "zlib1g",
}


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="needs a Debian machine")
@pytest.mark.parametrize("path", REAL)
def test_agrees_with_dpkg_on_real_programs(path: str) -> None:
    """The version that is seen in the file is the upstream version of the package that brought it."""
    form = ["dpkg-query", "-W", "-f", "${Version} ${db:Status-Status}", REAL[path]]
    told = subprocess.run(form, capture_output=True, text=True, check=False).stdout
    file = Path(path).resolve() if Path(path).exists() else Path(path)
    if not told.endswith(" installed") or not file.exists():
        pytest.skip(f"{REAL[path]} is not installed")
    match = re.match(r"(?:\d+:)?([\d.]+(?:p\d+)?)", told)
    assert match
    (package,) = read(file.read_bytes(), str(file)).packages
    assert package.version == match[1].rstrip(".")


def test_what_is_told() -> None:
    """Package URL, CPE names, path and how it is known."""
    (package,) = read(b"\x7fELF\0nginx version: nginx/1.25.1\n", "usr/local/sbin/nginx").packages
    assert package.purl == "pkg:generic/nginx@1.25.1"
    assert package.cpes[0] == "cpe:2.3:a:f5:nginx:1.25.1:*:*:*:*:*:*:*"
    assert (package.path, package.origin) == ("usr/local/sbin/nginx", Origin.RECOGNISED)


@pytest.mark.parametrize("name", ["nginx-1.25.1", "nginx_v1", "nginx1.25"])
def test_names_with_a_version(name: str) -> None:
    """Programs that lie there by version are looked into as well; what the name says of the version does not count."""
    (package,) = read(b"\x7fELF\0nginx version: nginx/1.25.3\n", f"opt/{name}").packages
    assert package.version == "1.25.3"
    assert not read(b"\x7fELF\0nginx version: nginx/1.25.3\n", "opt/mynginx1").packages


def test_cpe_versions_are_quoted() -> None:
    """What CPE gives a meaning to is quoted."""
    assert cpe("a:b", "1.0+x*") == "cpe:2.3:a:a:b:1.0\\+x\\*:*:*:*:*:*:*:*"


def test_a_packed_program_is_said() -> None:
    """What UPX packed cannot be looked into."""
    facts = read(b"\x7fELF" + bytes(200) + b"UPX!" + bytes(200), "opt/miner")
    assert "packed" in facts.missed[0].en
    assert not read(b"\x7fELF" + bytes(10_000) + b"UPX!", "opt/upx").missed


def test_text_files_are_known_by_exact_names() -> None:
    """Each is offered to the reader, and says nothing if it is another file of that name."""
    assert {p.files for p in PROGRAMS if p.text} == set(FORMAT.names)
    for name in FORMAT.names:
        assert not read(b"something else\n", f"etc/{name}")


NAMES = [p.files if p.text else re.sub(r"[\\(?].*", "", p.files.split("|")[0]) for p in PROGRAMS]
ANCHORS = [one.anchor for program in PROGRAMS for one in program.evidence]


@given(st.sampled_from(NAMES), st.lists(st.sampled_from(ANCHORS) | st.binary(max_size=12) | st.just(b"1.2.3"), max_size=20))
@settings(max_examples=200)
def test_any_bytes(name: str, parts: list[bytes]) -> None:
    """No bytes are an error; what is found has a version."""
    assert all(package.version for package in read(b"".join(parts), f"x/{name}").packages)
