"""`ports.containers.ContainerRuntime` from containerd's files, of kubelet's containers too: the daemon is not asked."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence

from periderm.formats.bolt import BoltFile
from periderm.formats.containerd_records import (
    IMAGE,
    SANDBOX,
    ContainerdContainer,
    ContainerdImage,
    is_digest,
    is_name,
    labels_of,
    merged_labels,
    parse_image,
    parse_manifest,
    text_of,
)
from periderm.formats.oci_runtime import RuntimeConfig, parse_runtime_config
from periderm.model.asset import Container, Image
from periderm.model.errors import FormatError
from periderm.model.identity import container_id, image_id
from periderm.model.labels import ownership_of, unbelieved, workload_of
from periderm.model.timestamps import unix_nanoseconds
from periderm.ports.proc import Proc
from periderm.ports.records import Records

_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
_DOCKER = b"moby"  # docker's containers are told by docker's own records, which know more
_Stamp = tuple[int, ...]


class _Metadata:
    """What the database said at one moment: containers by (namespace, id), image names by manifest digest."""

    def __init__(self, data: bytes) -> None:
        self.containers: dict[tuple[str, str], ContainerdContainer] = {}
        self.images: dict[str, list[str]] = {}
        self.targets: dict[tuple[str, str], str] = {}
        file = BoltFile(data)
        for space in file.buckets((b"v1",)):
            namespace = text_of(space)
            for name in file.buckets((b"v1", space, b"images")):
                target = text_of(dict(file.values((b"v1", space, b"images", name, b"target"))).get(b"digest", b""))
                self.images.setdefault(target, []).append(text_of(name))
                self.targets[namespace, text_of(name)] = target
            for identity in file.buckets((b"v1", space, b"containers")) if space != _DOCKER else ():
                path = (b"v1", space, b"containers", identity)
                image = text_of(dict(file.values(path)).get(b"image", b""))
                labels = labels_of(dict(file.values((*path, b"labels"))))
                key = namespace, text_of(identity)
                self.containers[key] = ContainerdContainer(*key, image, labels)


class ContainerdContainers:
    """containerd's containers and images: `root` is its data, `state` its run-time folder (both from its config.toml)."""

    def __init__(
        self,
        node: str,
        proc: Proc,
        records: Records,
        root: str = "/var/lib/containerd",
        state: str = "/run/containerd",
    ) -> None:
        self._node = node
        self._proc = proc
        self._records = records
        self._tasks = os.path.join(state, "io.containerd.runtime.v2.task")
        self._database = os.path.join(root, "io.containerd.metadata.v1.bolt", "meta.db")
        self._blobs = os.path.join(root, "io.containerd.content.v1.content", "blobs", "sha256")
        self._root = root
        self._metadata: tuple[_Stamp, _Metadata] | None = None
        self._namespaces: dict[int, tuple[str, str]] = {}

    def name(self) -> str:
        """'containerd'."""
        return "containerd"

    def available(self) -> str:
        """containerd is or was here if it left its database."""
        if self._records.stamp(self._database):
            return ""
        return f"No containerd data was found in {self._root} (containerd is not used here, or keeps its data elsewhere)."

    def images(self) -> Sequence[Image]:
        """Images of all namespaces, one for each configuration. `size` is that of the layers as they were pulled."""
        metadata = self._read()
        found: dict[str, Image] = {}
        for target, names in sorted(metadata.images.items()) if metadata else ():
            manifest_size, digest = self._resolve(target)
            if not digest:
                continue  # not for this machine, or its content was collected
            facts = self._image(digest)
            known = found.get(digest)
            references = tuple(dict.fromkeys((*(known.references if known else ()), *sorted(names))))
            named = [name for name in references if not name.startswith("sha256:")]  # the CRI plugin names by digest too
            found[digest] = Image(
                id=image_id(digest),
                name=named[0] if named else digest[:19],
                digest=digest,
                references=references,
                size=manifest_size,
                created=unix_nanoseconds(facts.created),
                labels=facts.labels,
                ownership=ownership_of(facts.labels),
                node_id=self._node,
            )
        return tuple(found.values())

    def containers(self) -> Sequence[Container]:
        """Those that run, pods' sandboxes too."""
        found = []
        self._namespaces.clear()
        for namespace in self._records.names(self._tasks):
            if namespace == _DOCKER.decode() or not is_name(namespace):
                continue
            for identity in self._records.names(os.path.join(self._tasks, namespace)):
                container = self._container(namespace, identity)
                if container is not None:
                    found.append(container)
                    self._namespaces[container.mount_namespace] = (namespace, identity)
        return tuple(found)

    def identify(self, pid: int) -> Container | None:
        """By the id in the process's cgroup path; names of `ctr` are the last part of `/NAMESPACE/NAME`. Otherwise by a
        mount namespace that `containers` has seen."""
        facts = self._proc.facts(pid)
        if facts is None or facts.runtime in ("podman", "docker", "cri-o"):
            return None
        wanted = facts.container_id or os.path.basename(facts.cgroup_path)
        for namespace in self._records.names(self._tasks) if wanted else ():
            if namespace == _DOCKER.decode() or not is_name(namespace):
                continue
            container = self._container(namespace, wanted)
            if container is not None and (facts.container_id or container.cgroup_path == facts.cgroup_path):
                return container
        known = self._namespaces.get(facts.mount_namespace)
        return self._container(*known) if known else None

    def scan_source(self, image: Image) -> str:
        """containerd's content is not read yet by any image source: `ctr images export` and an archive are."""
        return f"containerd:{image.digest}"

    def _container(self, namespace: str, identity: str) -> Container | None:
        """None if it does not run."""
        if not is_name(identity):
            return None
        folder = os.path.join(self._tasks, namespace, identity)
        text = self._records.read(os.path.join(folder, "init.pid")).strip()
        if not text.isdigit() or len(text) > 10:
            return None
        facts = self._proc.facts(int(text))
        if facts is None or facts.mount_namespace in (0, self._proc.host_namespace()):
            return None
        if facts.container_id and facts.container_id != identity:
            return None
        try:
            runtime = parse_runtime_config(self._records.read(os.path.join(folder, "config.json")))
        except FormatError:
            runtime = RuntimeConfig()
        metadata = self._read()
        record = metadata.containers.get((namespace, identity)) if metadata else None
        annotations = runtime.annotations or {}
        labels = unbelieved(merged_labels(record.labels if record else {}, annotations))
        image = annotations.get(IMAGE) or (record.image if record else "")
        target = metadata.targets.get((namespace, record.image), "") if metadata and record else ""
        name = self._name(identity, labels, sandbox=annotations.get(SANDBOX) == "sandbox")
        return Container(
            id=container_id(self._node, f"{namespace}/{identity}"),
            name=name,
            ownership=ownership_of(labels),
            labels=labels,
            container_id=identity,
            runtime="containerd",
            node_id=self._node,
            image_digest=self._resolve(target)[1] if target else "",
            image_name=image,
            workload_id=workload_of(name, labels, image).id,
            command=runtime.command,
            user=runtime.user,
            pid=facts.pid,
            cgroup=facts.cgroup,
            cgroup_path=facts.cgroup_path,
            mount_namespace=facts.mount_namespace,
            started=facts.started,
            running=True,
            privileged=runtime.privileged,
            overlay_upper=facts.overlay_upper,
            mounts=runtime.host_mounts,
            capabilities=tuple(sorted(runtime.capabilities)),
            host_namespaces=runtime.host_namespaces,
            mount_sources=runtime.mount_sources,
            devices=runtime.devices,
            unconfined=runtime.unconfined,
            folder=runtime.process.cwd,
        )

    def _name(self, identity: str, labels: dict[str, str], *, sandbox: bool) -> str:
        pod = labels.get("io.kubernetes.pod.name", "")
        if pod:
            return f"{pod}/{'POD' if sandbox else labels.get('io.kubernetes.container.name', identity[:12])}"
        return labels.get("nerdctl/name") or (identity[:12] if len(identity) == 64 else identity)

    def _read(self) -> _Metadata | None:
        """The database, read again only when it changed; the last good one if a writer is at work; None if there is none."""
        stamp = self._records.stamp(self._database)
        if not stamp:
            return None
        if self._metadata is None or self._metadata[0] != stamp:
            for _ in range(3):
                try:
                    self._metadata = (stamp, _Metadata(self._records.read(self._database)))
                    break
                except FormatError:
                    continue
        return self._metadata[1] if self._metadata else None

    def _resolve(self, target: str) -> tuple[int, str]:
        """(bytes of the layers as pulled, configuration digest) of a manifest, or of the one in an index that is for this
        machine; '' if it is not here."""
        for _ in range(4):  # an index may point to an index, not further
            if not is_digest(target):
                break
            try:
                manifest = parse_manifest(self._records.read(os.path.join(self._blobs, target.removeprefix("sha256:"))))
            except FormatError:
                break
            if not manifest.manifests:
                digest = manifest.config.digest
                return sum(max(0, layer.size) for layer in manifest.layers), digest if is_digest(digest) else ""
            machine = _MACHINES.get(platform.machine(), platform.machine())
            fitting = [m for m in manifest.manifests if m.platform.architecture == machine and m.platform.os == "linux"]
            target = fitting[0].digest if fitting else ""
        return 0, ""

    def _image(self, digest: str) -> ContainerdImage:
        try:
            return parse_image(self._records.read(os.path.join(self._blobs, digest.removeprefix("sha256:"))))
        except FormatError:
            return ContainerdImage()
