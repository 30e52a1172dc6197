"""Ports and places that are declared."""

from __future__ import annotations

import msgspec

from periderm.engines.baseline.birth import born
from periderm.engines.baseline.birth_declared import declared
from periderm.model.baseline import Source
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.deployed import Deployed
from periderm.model.image import ImageConfig
from periderm.model.start_facts import FactKind, StartFact
from tests.behaving import INVENTORY, NGINX, SHOP
from tests.starting import NGINX as WEB
from tests.starting import inventory

IMAGE = msgspec.structs.replace(INVENTORY, config=ImageConfig(exposed_ports=("80/tcp", "x/tcp"), volumes=("/data", "/usr")))
DEPLOYED = Deployed(workload="Deployment/shop", name="web", ports=("tcp/8080",), mounts=("/cache", "/etc"))


def test_the_image_and_the_manifest() -> None:
    """Each says where it comes from; folders of the system are nobody's data."""
    found = {(b.aspect, b.value): source for b, source, _, _ in declared(IMAGE, None, DEPLOYED, {NGINX: ()})}
    assert found[Aspect.LISTEN, "tcp/80"] is Source.PORTS
    assert found[Aspect.LISTEN, "tcp/8080"] is Source.MANIFEST
    assert found[Aspect.WRITE, "/data/**"] is Source.VOLUMES
    assert found[Aspect.WRITE, "/cache/**"] is Source.MANIFEST
    assert not [value for _, value in found if value.startswith(("/usr", "/etc"))]


def test_what_a_runtime_lays_into_each_container_is_nobodys_data() -> None:
    """A service that writes the names of hosts is told; a volume that somebody asked for is its place."""
    mounts = [f"/x:{place}:rw" for place in ("/etc/hosts", "/etc/resolv.conf", "/etc/hostname", "/run/.containerenv", "/data")]
    lent = msgspec.structs.replace(SHOP, mount_sources=tuple(mounts))
    found = {b.value for b, _, _, _ in declared(inventory(), lent, None, {NGINX: ()})}
    assert "/data/**" in found
    assert not [value for value in found if "/etc" in value or "/run" in value]


def test_settings_say_it_better() -> None:
    """Of the image's ports nothing where settings name some, of a place nothing where settings name files in it."""
    facts = (
        StartFact(FactKind.LISTEN, NGINX, "tcp/81", "configuration", "", 90),
        StartFact(FactKind.WRITE, NGINX, "/data/log", "configuration", "", 90),
    )
    found = {b.value for b, _, _, _ in declared(IMAGE, None, None, {NGINX: facts})}
    assert not found & {"tcp/80", "/data/**"}


def test_a_manifest_replaces_command_and_user() -> None:
    """Arguments go behind the image's entrypoint, a command replaces it; probes are started by the runtime."""
    image = inventory(Entrypoint=["/entrypoint.sh"], Cmd=["nginx"])
    deployed = Deployed(workload="Pod/p", name="a", command=("curl",), arguments=("-f",), user="33", probes=(("mkdir", "/x"),))
    found = {entry.behaviour: entry.evidence for entry in born(image, deployed=deployed).entries}
    curl = found[Behaviour(Aspect.PARENT, "/usr/bin/curl", "runtime")]
    assert (curl.sources, curl.because) == ((Source.MANIFEST,), "Pod/p")
    assert Behaviour(Aspect.USER, "/usr/bin/curl", "33") in found
    assert Behaviour(Aspect.PARENT, "/usr/bin/mkdir", "runtime") in found
    assert Behaviour(Aspect.PROGRAM, WEB) not in found
    plain = {entry.behaviour for entry in born(image, deployed=Deployed(workload="Pod/p", name="a", user="33")).entries}
    assert Behaviour(Aspect.USER, WEB, "33") in plain
    assert Behaviour(Aspect.USER, WEB, "0") not in plain
