"""What an image, a container and a manifest declare of a service: ports that it listens at, places that it keeps things in.
Data in, data out; which programs are the service itself it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from periderm.engines.baseline.birth_behaviours import behaviours
from periderm.model.asset import Container
from periderm.model.baseline import Source
from periderm.model.behaviour import Behaviour
from periderm.model.deployed import Deployed
from periderm.model.image import ImageInventory
from periderm.model.start_facts import FactKind, StartFact

_NO_VOLUME = frozenset(("/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64"))  # nobody keeps data there: too much would be normal
# What runtimes lay into every container, writable and for their own ends (podman-run(1) on /etc/hosts and /run/.containerenv;
# Kubernetes' termination log): nobody asked for it, and a service that writes there is news.
_RUNTIMES = frozenset(
    (
        *("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/run/.containerenv", "/.dockerenv", "/run/secrets"),
        "/dev/termination-log",
    )
)
Declared = tuple[Behaviour, Source, str, int]  # what it makes normal, where it comes from, why, how sure
Main = Mapping[str, Sequence[StartFact]]  # programs that may be the service itself, each with its facts


def declared(
    inventory: ImageInventory, container: Container | None, deployed: Deployed | None, main: Main
) -> Iterator[Declared]:
    """All of it. What settings say of ports and files says it better."""
    yield from _ports(inventory, deployed, main)
    mounts = container.mount_sources if container is not None else ()
    lent = [part[-2] for mount in mounts if len(part := mount.split(":")) > 2 and part[-1] == "rw"]
    places = [(volume, Source.VOLUMES, f"VOLUME {volume}") for volume in (*inventory.config.volumes, *lent)]
    if deployed is not None:
        places += [(mount, Source.MANIFEST, f"volumeMount {mount}") for mount in deployed.mounts]
    for volume, source, because in places:
        place = volume.rstrip("/")
        if not place.startswith("/") or place in _NO_VOLUME or (place in _RUNTIMES and source is Source.VOLUMES):
            continue
        for program, facts in main.items():
            if any(fact.kind is FactKind.WRITE and fact.value.startswith(place + "/") for fact in facts):
                continue  # its settings say more exactly what it keeps there
            for behaviour in behaviours(FactKind.WRITE, program, f"{place}/**"):
                yield behaviour, source, because, 60


def _ports(inventory: ImageInventory, deployed: Deployed | None, main: Main) -> Iterator[Declared]:
    told = any(fact.kind is FactKind.LISTEN for facts in main.values() for fact in facts)
    for port in inventory.config.exposed_ports if not told else ():
        number, _, protocol = port.partition("/")
        if number.isdigit():
            for program in main:
                for behaviour in behaviours(FactKind.LISTEN, program, f"{protocol or 'tcp'}/{number}"):
                    yield behaviour, Source.PORTS, f"EXPOSE {port}", 80
    for port in deployed.ports if deployed is not None else ():
        for program in main:
            for behaviour in behaviours(FactKind.LISTEN, program, port):
                yield behaviour, Source.MANIFEST, f"containerPort {port.partition('/')[2]}", 80
