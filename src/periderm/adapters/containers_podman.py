"""`ports.containers.ContainerRuntime` from podman's files: no daemon, no podman process, nothing is changed.

A rootless user's records are that user's word: a process counts as the container's only if it is in its own mount
namespace and belongs to that user, so that no record can pass the host, or a neighbour, off as a container.
"""

from __future__ import annotations

import os
import pwd
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from periderm.formats.bolt import BoltFile
from periderm.formats.oci_runtime import RuntimeConfig, parse_runtime_config
from periderm.formats.podman_records import (
    ImageFacts,
    LibpodConfig,
    StoredContainer,
    big_data_name,
    chain,
    image_name_of,
    image_size,
    is_id,
    parse_containers,
    parse_image_facts,
    parse_images,
    parse_layers,
    parse_libpod_config,
    parse_storage_conf,
)
from periderm.model.asset import Container, Image
from periderm.model.errors import ContainerRuntimeError, FormatError
from periderm.model.identity import container_id, image_id
from periderm.model.labels import BUILD, ownership_of, unbelieved, workload_of
from periderm.model.timestamps import unix_nanoseconds
from periderm.ports.proc import Proc, ProcessFacts
from periderm.ports.records import Records

_SQLITE_STEPS = 5_000_000  # virtual machine steps: far above any real database, far below a hang


class PodmanStorage(msgspec.Struct, frozen=True):
    """One user's storage: `root` (graphroot), `run` (runroot), and the user's id on the host."""

    root: Path
    run: Path
    owner: int = 0


def default_storages(records: Records) -> tuple[PodmanStorage, ...]:
    """Root's storage (as storage.conf says) and, seen as root, that of every account that has one; seen as a user, the
    user's own. Only where something is."""
    me = os.geteuid()
    found = []
    if me == 0:
        for conf in ("/etc/containers/storage.conf", "/usr/share/containers/storage.conf"):
            data = records.read(conf)
            try:
                root, run = parse_storage_conf(data) if data else ("", "")
            except FormatError:
                continue
            if data:
                break
        else:
            root, run = "", ""
        found.append(PodmanStorage(Path(root or "/var/lib/containers/storage"), Path(run or "/run/containers/storage")))
    for account in pwd.getpwall():
        if account.pw_uid and me in (0, account.pw_uid):
            home = Path(account.pw_dir)
            root_of_user = home / ".local/share/containers/storage"
            if records.names(str(root_of_user)):
                found.append(PodmanStorage(root_of_user, Path(f"/run/user/{account.pw_uid}/containers"), account.pw_uid))
    return tuple(found)


class PodmanContainers:
    """Podman's images and containers of all the given storages."""

    def __init__(self, node: str, proc: Proc, records: Records, storages: Sequence[PodmanStorage]) -> None:
        self._node = node
        self._proc = proc
        self._records = records
        self._storages = tuple(storages)
        self._configs: dict[Path, tuple[tuple[int, ...], dict[str, LibpodConfig]]] = {}
        self._namespaces: dict[int, tuple[PodmanStorage, str]] = {}
        self._steps: dict[str, tuple[PodmanStorage, StoredContainer, int]] = {}

    def name(self) -> str:
        """'podman'."""
        return "podman"

    def available(self) -> str:
        """Podman has been used here if it left a storage."""
        if any((s.root / "overlay-images").is_dir() or (s.root / "overlay-containers").is_dir() for s in self._storages):
            return ""
        return "No podman storage was found (nothing was ever pulled, built or run with podman by root or a user seen here)."

    def images(self) -> Sequence[Image]:
        """Images of all storages; one that several hold is told once, with all its names."""
        found: dict[str, Image] = {}
        for storage in self._storages:
            for image in self._images(storage):
                known = found.get(image.id)
                names = dict.fromkeys((known.references if known else ()) + image.references)
                found[image.id] = msgspec.structs.replace(known or image, references=tuple(names))
        return tuple(found.values())

    def containers(self) -> Sequence[Container]:
        """Those that run, a paused one too."""
        found = []
        self._namespaces.clear()
        for storage in self._storages:
            for stored in self._stored(storage):
                if container := self._container(storage, stored):
                    found.append(container)
                    self._namespaces[container.mount_namespace] = (storage, stored.id)
        found.extend(self._building())
        return tuple(found)

    def identify(self, pid: int) -> Container | None:
        """By the id in the process's cgroup paths, else by a mount namespace that `containers` has seen."""
        facts = self._proc.facts(pid)
        if facts is None:
            return None
        if facts.runtime == "podman":
            wanted, storages = facts.container_id, self._storages
        elif facts.mount_namespace in self._namespaces:
            storage, wanted = self._namespaces[facts.mount_namespace]
            storages = (storage,)
        else:
            return self._build_step(facts)
        for storage in storages:
            for stored in self._stored(storage):
                if stored.id == wanted:
                    return self._container(storage, stored)
        return None

    def scan_source(self, image: Image) -> str:
        """What the image source of podman's storage opens."""
        return f"podman:{image.digest}"

    def _build_step(self, facts: ProcessFacts) -> Container | None:
        """A step of an image build has neither cgroup nor pid file of its own: it is known by the layer that it works on,
        which is mounted as its root. Only containers that libpod did not make (they have no metadata) are such."""
        if facts.mount_namespace in (0, self._proc.host_namespace()) or not facts.overlay_upper:
            return None
        for storage in self._storages:
            if storage.owner and storage.owner not in facts.owners:
                continue
            for stored in self._stored(storage):
                if stored.metadata or not is_id(stored.layer):
                    continue
                if facts.overlay_upper == str(storage.root / "overlay" / stored.layer / "diff"):
                    self._steps[stored.id] = (storage, stored, facts.pid)
                    return self._container(storage, stored, facts)
        return None

    def _building(self) -> list[Container]:
        """Steps of builds that were identified and still run. A step's process is of the layer or it is gone."""
        found = []
        for identity, (storage, stored, pid) in list(self._steps.items()):
            facts = self._proc.facts(pid)
            upper = str(storage.root / "overlay" / stored.layer / "diff")
            container = None
            if facts is not None and facts.overlay_upper == upper:
                container = self._container(storage, stored, facts)
            if container is None:
                del self._steps[identity]
            else:
                found.append(container)
        return found

    def _stored(self, storage: PodmanStorage) -> tuple[StoredContainer, ...]:
        data = self._read(storage.root / "overlay-containers" / "containers.json")
        try:
            return parse_containers(data) if data else ()
        except FormatError as error:
            raise ContainerRuntimeError(f"Podman's records in {storage.root} cannot be read: {error}") from error

    def _images(self, storage: PodmanStorage) -> list[Image]:
        try:
            data = self._read(storage.root / "overlay-images" / "images.json")
            stored = parse_images(data) if data else ()
            data = self._read(storage.root / "overlay-layers" / "layers.json")
            layers = parse_layers(data) if data else {}
        except FormatError as error:
            raise ContainerRuntimeError(f"Podman's records in {storage.root} cannot be read: {error}") from error
        # What a build leaves behind on its way has no name and lies below an image that has one: not an image by itself.
        named = {layer for entry in stored if entry.names for layer in chain(entry.layer, layers)}
        used = {container.image for container in self._stored(storage)}
        images = []
        for entry in stored:
            if not entry.names and entry.id not in used and entry.layer in named:
                continue
            digest = f"sha256:{entry.id}"
            facts = self._facts_of_image(storage, entry.id)
            names = tuple(entry.names or ())
            images.append(
                Image(
                    id=image_id(digest),
                    name=names[0] if names else digest[:19],
                    digest=digest,
                    references=names,
                    size=image_size(entry, layers),
                    created=unix_nanoseconds(facts.created or entry.created),
                    labels=dict(facts.labels),
                    ownership=ownership_of(facts.labels),
                    node_id=self._node,
                )
            )
        return images

    def _facts_of_image(self, storage: PodmanStorage, image: str) -> ImageFacts:
        if not is_id(image):
            return ImageFacts()
        data = self._read(storage.root / "overlay-images" / image / big_data_name(f"sha256:{image}"))
        try:
            return parse_image_facts(data) if data else ImageFacts()
        except FormatError:
            return ImageFacts()

    def _running(self, storage: PodmanStorage, stored: StoredContainer) -> ProcessFacts | None:
        """The container's first process, if it runs and is what the record says."""
        text = self._read(storage.run / "overlay-containers" / stored.id / "userdata" / "pidfile").strip()
        if not text.isdigit() or len(text) > 10:
            return None
        facts = self._proc.facts(int(text))
        if facts is None or facts.mount_namespace in (0, self._proc.host_namespace()):
            return None
        if facts.container_id and facts.container_id != stored.id:
            return None
        if storage.owner and storage.owner not in facts.owners:
            return None
        # Without a cgroup of its own (rootless on v1) only root's or the user's own record ties the process to it.
        return facts

    def _container(self, storage: PodmanStorage, stored: StoredContainer, step: ProcessFacts | None = None) -> Container | None:
        """`step` is the process of a build step, which no record names."""
        facts = step or self._running(storage, stored)
        if facts is None:
            return None
        config = self._libpod(storage).get(stored.id) or LibpodConfig(id=stored.id)
        runtime = self._runtime_config(storage, stored.id)
        stored_image, stored_name = image_name_of(stored)
        name = config.name or stored_name or stored.id[:12]
        image = config.image_id or stored.image
        labels = unbelieved(config.labels or self._facts_of_image(storage, image).labels)
        if step is not None or (not stored.metadata and not config.name):
            labels[BUILD] = "true"
        image_name = config.image_name or stored_image
        upper = facts.overlay_upper
        if not upper and is_id(stored.layer):
            upper = str(storage.root / "overlay" / stored.layer / "diff")
        # At its very start a process may still be in the cgroup of who started it, which is not the container's.
        placed = stored.id in facts.cgroup_path
        return Container(
            id=container_id(self._node, stored.id),
            name=name,
            ownership=ownership_of(labels),
            labels=labels,
            container_id=stored.id,
            runtime="podman",
            node_id=self._node,
            image_digest=f"sha256:{image}" if is_id(image) else "",
            image_name=image_name,
            workload_id=workload_of(name, labels, image_name).id,
            command=tuple(config.command or ()) or runtime.command,
            user=config.user or runtime.user,
            pid=facts.pid,
            cgroup=facts.cgroup if placed else 0,
            cgroup_path=facts.cgroup_path if placed else "",
            mount_namespace=facts.mount_namespace,
            started=facts.started,
            running=True,
            privileged=config.privileged or runtime.privileged,
            overlay_upper=upper,
            mounts=runtime.host_mounts,
            capabilities=tuple(sorted(runtime.capabilities)),
            host_namespaces=runtime.host_namespaces,
            mount_sources=runtime.mount_sources,
            devices=runtime.devices,
            unconfined=runtime.unconfined,
            folder=runtime.process.cwd,
            published=config.published,
        )

    def _runtime_config(self, storage: PodmanStorage, identity: str) -> RuntimeConfig:
        data = self._read(storage.root / "overlay-containers" / identity / "userdata" / "config.json")
        try:
            return parse_runtime_config(data) if data else RuntimeConfig()
        except FormatError:
            return RuntimeConfig()

    def _libpod(self, storage: PodmanStorage) -> dict[str, LibpodConfig]:
        """libpod's database by container id; {} if there is none that can be read: names then come from the storage,
        labels from the image. Read again only when the file changed."""
        for path, reader in (
            (storage.root / "db.sql", _from_sqlite),
            (storage.root / "libpod" / "bolt_state.db", self._from_bolt),
        ):
            stamp = self._records.stamp(str(path))
            if not stamp:
                continue
            known = self._configs.get(path)
            if known and known[0] == stamp:
                return known[1]
            configs = reader(path)
            if configs:
                self._configs[path] = (stamp, configs)
                return configs
        return {}

    def _read(self, path: Path) -> bytes:
        return self._records.read(str(path))

    def _from_bolt(self, path: Path) -> dict[str, LibpodConfig]:
        """Podman up to 4 (bucket `ctr`, a bucket for each container, key `config`). Tries again if a writer was at work."""
        for _ in range(3):
            try:
                file = BoltFile(self._read(path))
                found = {}
                for bucket in file.buckets((b"ctr",)):
                    config = dict(file.values((b"ctr", bucket))).get(b"config")
                    if config:
                        parsed = parse_libpod_config(config)
                        found[parsed.id] = parsed
            except FormatError:
                continue
            return found
        return {}


def _from_sqlite(path: Path) -> dict[str, LibpodConfig]:
    """Podman 5 (table ContainerConfig). The file may be a user's: what takes too long, or is no table, is given up."""
    found = {}
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
        try:
            connection.set_progress_handler(lambda: 1, _SQLITE_STEPS)
            connection.execute("PRAGMA trusted_schema=OFF")
            for (text,) in connection.execute("SELECT JSON FROM ContainerConfig LIMIT 100000"):
                data = text.encode("utf-8", "replace") if isinstance(text, str) else bytes(text or b"")
                parsed = parse_libpod_config(data)
                found[parsed.id] = parsed
        finally:
            connection.close()
    except (sqlite3.Error, FormatError, TypeError):
        return {}
    return found
