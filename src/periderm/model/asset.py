"""What the product protects: nodes, images, containers, workloads, processes and users, with their owners."""

from __future__ import annotations

import enum

import msgspec

UNKNOWN = ""


class Grade(enum.StrEnum):
    """How much the business depends on an asset; different grades get different standards."""

    CORE = "core"
    IMPORTANT = "important"
    ORDINARY = "ordinary"
    UNKNOWN = ""


class Ownership(msgspec.Struct, frozen=True):
    """Who answers for an asset. An empty field is a coverage gap, not a default."""

    environment: str = UNKNOWN
    application: str = UNKNOWN
    owner: str = UNKNOWN
    grade: Grade = Grade.UNKNOWN


class AssetBase(msgspec.Struct, frozen=True, kw_only=True):
    """Common to all assets. Times are Unix nanoseconds; `id` is made by `stable_id` from what makes the asset itself."""

    id: str
    name: str
    ownership: Ownership = Ownership()
    labels: dict[str, str] = {}
    first_seen: int = 0
    last_seen: int = 0


class Node(AssetBase, frozen=True, kw_only=True, tag="node"):
    """A machine, physical or virtual. `id` comes from the machine id. `form` is 'physical', 'virtual' or ''."""

    hostname: str
    machine_id: str
    kernel: str
    os_name: str
    architecture: str
    form: str = UNKNOWN
    addresses: tuple[str, ...] = ()
    boot_id: str = ""
    mount_namespace: int = 0

    @property
    def normal_id(self) -> str:
        """By which what is normal here is kept."""
        return self.id


class Image(AssetBase, frozen=True, kw_only=True, tag="image"):
    """A container image, known by the digest of its configuration (`sha256:…`)."""

    digest: str
    references: tuple[str, ...] = ()
    size: int = 0
    created: int = 0
    os_name: str = UNKNOWN
    node_id: str = UNKNOWN
    scanned_at: int = 0


class Container(AssetBase, frozen=True, kw_only=True, tag="container"):
    """A running or stopped container. `runtime` is 'podman', 'docker', 'containerd' or 'cri-o'.

    `cgroup` is the inode of its directory in the v2 hierarchy (bpf_get_current_cgroup_id), `mount_namespace` the
    inode of its namespace; both 0 where it does not run. `pid` is its first process as the host sees it.
    `capabilities` is all that it can ever hold ('CAP_CHOWN'); `host_namespaces` are those that it shares with the host
    ('pid', 'network', 'ipc', 'uts', 'mount'); `mount_sources` is what the host lends ('source:destination:rw' or ':ro');
    `devices` are paths that it was given; `unconfined` names what does not hold it ('seccomp', 'apparmor', 'selinux',
    'masked-paths'); `folder` is where its first program starts;
    `published` are ports that the host hands on ('0.0.0.0:8080->80/tcp'). All are empty where the runtime's records do not say.
    """

    container_id: str
    runtime: str
    node_id: str
    image_digest: str = UNKNOWN
    image_name: str = UNKNOWN
    workload_id: str = UNKNOWN
    command: tuple[str, ...] = ()
    user: str = UNKNOWN
    pid: int = 0
    cgroup: int = 0
    cgroup_path: str = ""
    mount_namespace: int = 0
    started: int = 0
    running: bool = False
    privileged: bool = False
    overlay_upper: str = ""
    mounts: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    host_namespaces: tuple[str, ...] = ()
    mount_sources: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    unconfined: tuple[str, ...] = ()
    folder: str = ""
    published: tuple[str, ...] = ()

    @property
    def normal_id(self) -> str:
        """What is normal is the same for all replicas of a workload; a container that is none's has its own."""
        return self.workload_id or self.id


class ContainerOutline(msgspec.Struct, frozen=True, kw_only=True, tag="container"):
    """What is asked of thousands of containers at once: of the fields of `Container`, under the same names."""

    id: str
    name: str
    node_id: str
    image_digest: str = UNKNOWN
    user: str = UNKNOWN
    running: bool = False


class Workload(AssetBase, frozen=True, kw_only=True, tag="workload"):
    """What containers are replicas of: a Deployment, a compose service, a systemd unit, or a named container."""

    kind: str
    namespace: str = ""
    image_name: str = UNKNOWN


class Process(AssetBase, frozen=True, kw_only=True, tag="process"):
    """A process that an alert or an incident speaks of. `key` is unique on its node across pid reuse."""

    key: int
    pid: int
    executable: str
    node_id: str
    container_id: str = UNKNOWN
    user_id: int = 0
    started: int = 0


class User(AssetBase, frozen=True, kw_only=True, tag="user"):
    """An account of a node or an image."""

    user_id: int
    node_id: str = UNKNOWN
    shell: str = ""


Asset = Node | Image | Container | Workload | Process | User
