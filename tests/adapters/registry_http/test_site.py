"""Where a reference is asked for, and what is believed there."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.registry_http.site import Site, Sites, conf_files
from periderm.adapters.registry_http.trust import Trust
from periderm.formats.image_reference import parse
from periderm.model.errors import DeniedError, FormatError, UsageError
from periderm.model.registry import ImageReference, RegistryOptions

CONF = """
[[registry]]
location = "r.example"
insecure = true
ca-file = "/ca.pem"
token-realms = ["tokens.other"]
[[registry.mirror]]
location = "m.example/cache"
[[registry]]
location = "bad.example"
blocked = true
"""


def sites(tmp_path: Path, text: str = CONF, options: RegistryOptions | None = None) -> Sites:
    """With one file."""
    (tmp_path / "registries.conf").write_text(text)
    files = (str(tmp_path / "registries.conf"), str(tmp_path / "none"))
    return Sites(files, lambda host: Trust(authorities=(f"/certs/{host}",)), options or RegistryOptions())


def test_mirrors_first_each_with_its_own_trust(tmp_path: Path) -> None:
    """What is said of the registry is not believed of its mirror."""
    mirror, own = sites(tmp_path).places(parse("r.example/team/app:1"))
    assert (mirror.host, mirror.repository, mirror.mirror) == ("m.example", "cache/team/app", True)
    assert mirror.trust == Trust(authorities=("/certs/m.example",))
    assert (own.host, own.repository, own.mirror) == ("r.example", "team/app", False)
    assert own.trust == Trust(insecure=True, authorities=("/certs/r.example", "/ca.pem"))
    assert own.realms == ("tokens.other",)


def test_mirrors_can_be_left_out(tmp_path: Path) -> None:
    """For who must know what the registry itself says."""
    assert len(sites(tmp_path, options=RegistryOptions(mirrors=False)).places(parse("r.example/a"))) == 1


def test_blocked_means_blocked(tmp_path: Path) -> None:
    """By the machine's configuration."""
    with pytest.raises(DeniedError, match="blocked"):
        sites(tmp_path).places(parse("bad.example/a"))


def test_the_default_registry_is_asked_at_its_own_host(tmp_path: Path) -> None:
    """Its credentials stay under its name."""
    (only,) = sites(tmp_path).places(parse("nginx"))
    assert (only.name, only.host, only.repository) == ("docker.io", "registry-1.docker.io", "library/nginx")


def test_insecure_by_choice_and_for_that_host_alone(tmp_path: Path) -> None:
    """With its port."""
    told = sites(tmp_path, "", RegistryOptions(insecure=("x.example:5000",)))
    assert told.places(parse("x.example:5000/a"))[0].trust.insecure
    assert not told.places(parse("x.example/a"))[0].trust.insecure


def test_a_registry_itself(tmp_path: Path) -> None:
    """For its catalogue."""
    (only,) = sites(tmp_path).places(ImageReference(registry="r.example", repository=""))
    assert only.shown == "r.example"
    assert Site("a", "b", "c").shown == "a/c"
    with pytest.raises(UsageError):
        sites(tmp_path).places(ImageReference(registry="r.example/../x", repository="a"))


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """It may block."""
    with pytest.raises(FormatError):
        sites(tmp_path, "[[").places(parse("r.example/a"))
    with pytest.raises(FormatError, match="cannot be read"):
        Sites((str(tmp_path),), lambda _host: Trust(), RegistryOptions()).places(parse("r.example/a"))


def test_the_files_of_this_machine(tmp_path: Path) -> None:
    """The user's file in place of the system's, drop-ins after it, in the order of their names."""
    own = tmp_path / ".config/containers"
    (own / "registries.conf.d").mkdir(parents=True)
    for name in ("b.conf", "a.conf", "c.txt"):
        (own / "registries.conf.d" / name).write_text("")
    assert conf_files({}, str(tmp_path))[0] == "/etc/containers/registries.conf"
    (own / "registries.conf").write_text("")
    found = conf_files({}, str(tmp_path))
    assert found[0] == str(own / "registries.conf")
    assert [Path(path).name for path in found[-2:]] == ["a.conf", "b.conf"]
    assert conf_files({"CONTAINERS_REGISTRIES_CONF": "/x"}, str(tmp_path))[0] == "/x"
