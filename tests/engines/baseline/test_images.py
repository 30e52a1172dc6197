"""Which package owns a file, kept small."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.baseline.images import ImageFiles, health_command
from periderm.model.errors import FormatError
from periderm.model.image import ImageConfig, Package
from tests.behaving import INVENTORY, NGINX

PACKAGE = Package(name="nginx-core", version="1", type="deb", purl="pkg:deb/x", files=("bin/tool", "etc/nginx/nginx.conf"))


def test_owners_are_known_by_either_way_to_a_merged_folder() -> None:
    """'' is nobody's, None is not there."""
    files = ImageFiles.of(msgspec.structs.replace(INVENTORY, packages=(PACKAGE,)))
    assert files.package("/usr/bin/tool") == files.package("/bin/tool") == "nginx-core"
    assert files.package("/etc/nginx/nginx.conf") == "nginx-core"
    assert files.package(NGINX) == "nginx"
    assert files.package("/opt/x") is None
    assert files.complete


def test_what_is_kept_comes_back_and_holds_no_environment() -> None:
    """From the bytes of a snapshot; damaged ones are refused."""
    config = ImageConfig(environment=("PASSWORD=made-up",), healthcheck=("CMD", "curl", "x"))
    files = ImageFiles.of(msgspec.structs.replace(INVENTORY, config=config, packages=(PACKAGE,)))
    again = ImageFiles.unpack(files.packed)
    assert again.package("/bin/tool") == "nginx-core"
    assert again.health == ("curl", "x")
    assert again.inventory.config.environment == ()
    assert [file.path for file in again.inventory.executables] == [file.path for file in INVENTORY.executables]
    for damaged in (b"", files.packed[:20], b"\x00" * 30):
        with pytest.raises(FormatError):
            ImageFiles.unpack(damaged)


@pytest.mark.parametrize(
    ("check", "argv"),
    [((), ()), (("NONE",), ()), (("CMD", "a", "b"), ("a", "b")), (("CMD-SHELL", "a | b"), ("/bin/sh", "-c", "a | b"))],
)
def test_a_health_check_is_what_the_runtime_starts(check: tuple[str, ...], argv: tuple[str, ...]) -> None:
    """As the image specification writes it."""
    assert health_command(check) == argv
