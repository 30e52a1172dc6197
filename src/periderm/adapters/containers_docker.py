"""`ports.containers.ContainerRuntime` from docker's files: the daemon is not asked and may be down."""

from __future__ import annotations

import os
from collections.abc import Sequence

from periderm.formats.docker_records import (
    DockerContainer,
    DockerHostConfig,
    is_id,
    parse_container,
    parse_host_config,
    parse_image,
    parse_repositories,
)
from periderm.formats.oci_runtime import RuntimeConfig, parse_runtime_config
from periderm.model.asset import Container, Image
from periderm.model.errors import ContainerRuntimeError, FormatError
from periderm.model.identity import container_id, image_id
from periderm.model.labels import ownership_of, unbelieved, workload_of
from periderm.model.timestamps import unix_nanoseconds
from periderm.ports.proc import Proc
from periderm.ports.records import Records


class DockerContainers:
    """Docker's containers and images below `root` (docker's data-root)."""

    def __init__(
        self, node: str, proc: Proc, records: Records, root: str = "/var/lib/docker", state: str = "/run/containerd"
    ) -> None:
        self._node = node
        self._tasks = os.path.join(state, "io.containerd.runtime.v2.task", "moby")
        self._proc = proc
        self._records = records
        self._root = root
        self._store = os.path.join(root, "image", "overlay2")
        self._namespaces: dict[int, str] = {}

    def name(self) -> str:
        """'docker'."""
        return "docker"

    def available(self) -> str:
        """Docker is or was here if it left its folder."""
        if self._records.names(self._root):
            return ""
        return f"No docker data was found in {self._root} (docker is not used here, or keeps its data elsewhere)."

    def images(self) -> Sequence[Image]:
        """Images that have a name. Those of containerd's image store are told by the containerd runtime."""
        data = self._records.read(os.path.join(self._store, "repositories.json"))
        try:
            names = parse_repositories(data) if data else {}
        except FormatError as error:
            raise ContainerRuntimeError(f"Docker's records in {self._store} cannot be read: {error}") from error
        images = []
        for digest, references in sorted(names.items()):
            content = self._records.read(
                os.path.join(self._store, "imagedb", "content", "sha256", digest.removeprefix("sha256:"))
            )
            try:
                facts = parse_image(content)
            except FormatError:
                continue  # a name without a configuration is a download that never ended
            images.append(
                Image(
                    id=image_id(digest),
                    name=references[0],
                    digest=digest,
                    references=references,
                    created=unix_nanoseconds(facts.created),
                    labels=facts.labels,
                    ownership=ownership_of(facts.labels),
                    node_id=self._node,
                )
            )
        return tuple(images)

    def containers(self) -> Sequence[Container]:
        """Those that run."""
        found = []
        self._namespaces.clear()
        for identity in self._records.names(os.path.join(self._root, "containers")):
            container = self._container(identity)
            if container is not None:
                found.append(container)
                self._namespaces[container.mount_namespace] = identity
        return tuple(found)

    def identify(self, pid: int) -> Container | None:
        """By the id in the process's cgroup paths, else by a mount namespace that `containers` has seen."""
        facts = self._proc.facts(pid)
        if facts is None:
            return None
        if facts.runtime in ("docker", "kubernetes"):
            return self._container(facts.container_id)
        identity = self._namespaces.get(facts.mount_namespace)
        return self._container(identity) if identity else None

    def scan_source(self, image: Image) -> str:
        """Docker's storage is not read yet by any image source: `docker save` and an archive are."""
        return f"docker:{image.digest}"

    def _container(self, identity: str) -> Container | None:
        """None if it does not run, or its records are half written (docker replaces them as a whole)."""
        if not is_id(identity):
            return None
        folder = os.path.join(self._root, "containers", identity)
        try:
            record = parse_container(self._records.read(os.path.join(folder, "config.v2.json")))
        except FormatError:
            return None
        if record.id != identity or not record.state.running or record.state.pid <= 0:
            return None
        facts = self._proc.facts(record.state.pid)
        # The daemon may have died without updating its record: the process must be the container's still.
        if facts is None or facts.mount_namespace in (0, self._proc.host_namespace()):
            return None
        if facts.container_id and facts.container_id != identity:
            return None
        asked, made = self._asked(folder), self._made(identity)
        labels = self._labels(record)
        return Container(
            id=container_id(self._node, identity),
            name=record.title or identity[:12],
            ownership=ownership_of(labels),
            labels=labels,
            container_id=identity,
            runtime="docker",
            node_id=self._node,
            image_digest=record.image_digest,
            image_name=record.config.image,
            workload_id=workload_of(record.title or identity[:12], labels, record.config.image).id,
            command=record.command,
            user=record.config.user,
            pid=facts.pid,
            cgroup=facts.cgroup,
            cgroup_path=facts.cgroup_path,
            mount_namespace=facts.mount_namespace,
            started=facts.started,
            running=True,
            privileged=asked.privileged,
            overlay_upper=facts.overlay_upper,
            mounts=record.mounts,
            capabilities=tuple(sorted(made.capabilities)) or asked.capabilities,
            host_namespaces=made.host_namespaces or asked.host_namespaces,
            mount_sources=record.mount_sources,
            devices=made.devices or asked.lent_devices,
            unconfined=made.unconfined or asked.unconfined,
            folder=made.process.cwd,
            published=asked.published,
        )

    def _asked(self, folder: str) -> DockerHostConfig:
        """What the person asked for."""
        try:
            return parse_host_config(self._records.read(os.path.join(folder, "hostconfig.json")))
        except FormatError:
            return DockerHostConfig()

    def _made(self, identity: str) -> RuntimeConfig:
        """What the OCI runtime was told; empty if that folder is elsewhere."""
        try:
            return parse_runtime_config(self._records.read(os.path.join(self._tasks, identity, "config.json")))
        except FormatError:
            return RuntimeConfig()

    def _labels(self, record: DockerContainer) -> dict[str, str]:
        """A container's labels hold its image's already: docker merges them when it makes the container."""
        return unbelieved(record.config.labels or {})
