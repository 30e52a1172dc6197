"""The OCI runtime's `config.json` (opencontainers/runtime-spec, config.md), the parts that say what a container may do."""

from __future__ import annotations

import msgspec

from periderm.model.errors import FormatError

MOST_DEVICES = 256
_KINDS = ("pid", "network", "ipc", "uts", "mount")


class RuntimeMount(msgspec.Struct, frozen=True):
    """One mount as the runtime was asked for it."""

    destination: str
    source: str = ""
    type: str = ""
    options: list[str] | None = None


class _User(msgspec.Struct, frozen=True):
    uid: int = 0
    gid: int = 0


class _Capabilities(msgspec.Struct, frozen=True):
    bounding: list[str] | None = None


class _Process(msgspec.Struct, frozen=True, rename={"apparmor": "apparmorProfile", "selinux": "selinuxLabel"}):
    args: list[str] | None = None
    cwd: str = ""
    user: _User = _User()
    capabilities: _Capabilities | None = None
    apparmor: str = ""
    selinux: str = ""


class _Namespace(msgspec.Struct, frozen=True):
    type: str = ""
    path: str = ""


class _Device(msgspec.Struct, frozen=True):
    path: str = ""


class _Linux(msgspec.Struct, frozen=True, rename={"cgroups_path": "cgroupsPath", "masked": "maskedPaths"}):
    cgroups_path: str = ""
    masked: list[str] | None = None
    namespaces: list[_Namespace] | None = None
    devices: list[_Device] | None = None
    seccomp: dict[str, msgspec.Raw] | None = None


class RuntimeConfig(msgspec.Struct, frozen=True):
    """A container as its runtime was told to make it."""

    process: _Process = _Process()
    mounts: list[RuntimeMount] | None = None
    annotations: dict[str, str] | None = None
    linux: _Linux = _Linux()
    hostname: str = ""

    @property
    def command(self) -> tuple[str, ...]:
        """The arguments of the first process."""
        return tuple(self.process.args or ())

    @property
    def user(self) -> str:
        """`uid:gid` inside the container."""
        return f"{self.process.user.uid}:{self.process.user.gid}"

    @property
    def capabilities(self) -> frozenset[str]:
        """What the container can ever hold ('CAP_SYS_ADMIN')."""
        held = self.process.capabilities
        return frozenset(held.bounding or ()) if held else frozenset()

    @property
    def privileged(self) -> bool:
        """What engines call privileged: no masked paths, and the capability that stands for all of them."""
        return not self.linux.masked and "CAP_SYS_ADMIN" in self.capabilities

    @property
    def host_mounts(self) -> tuple[str, ...]:
        """`source:destination` of what the host lends, without the kernel's own file systems."""
        return tuple(f"{m.source}:{m.destination}" for m in self.mounts or () if m.source.startswith("/"))

    @property
    def mount_sources(self) -> tuple[str, ...]:
        """The same with whether the container may write: `source:destination:rw`, or `:ro`."""
        lent = (m for m in self.mounts or () if m.source.startswith("/"))
        return tuple(f"{m.source}:{m.destination}:{'ro' if 'ro' in (m.options or ()) else 'rw'}" for m in lent)

    @property
    def host_namespaces(self) -> tuple[str, ...]:
        """Which kinds it shares with the host: those that it was neither given anew nor from another container. () if the
        configuration tells of none at all, for then it is not a whole one."""
        listed = self.linux.namespaces
        if not listed:
            return ()
        own = {n.type for n in listed if not n.path.startswith("/proc/1/ns/")}
        return tuple(kind for kind in _KINDS if kind not in own)

    @property
    def devices(self) -> tuple[str, ...]:
        """Paths of the devices that it was given besides the usual ones."""
        return tuple(d.path for d in self.linux.devices or () if d.path)[:MOST_DEVICES]

    @property
    def unconfined(self) -> tuple[str, ...]:
        """What does not hold it, as `Container.unconfined` has it. A host without AppArmor or SELinux names neither."""
        if not self.linux.namespaces:
            return ()
        found = {
            "seccomp": self.linux.seccomp is None,
            "apparmor": self.process.apparmor == "unconfined",
            "selinux": ":spc_t:" in self.process.selinux,
            "masked-paths": not self.linux.masked,
        }
        return tuple(name for name, free in found.items() if free)


def parse_runtime_config(data: bytes) -> RuntimeConfig:
    """Raises FormatError."""
    try:
        return msgspec.json.decode(data, type=RuntimeConfig)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"not an OCI runtime configuration: {error}", where="config.json") from error
