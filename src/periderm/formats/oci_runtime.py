"""The OCI runtime's `config.json` (opencontainers/runtime-spec, config.md), the parts that say what a container may do."""

from __future__ import annotations

import msgspec

from periderm.model.errors import FormatError


class RuntimeMount(msgspec.Struct, frozen=True):
    """One mount as the runtime was asked for it."""

    destination: str
    source: str = ""
    type: str = ""


class _User(msgspec.Struct, frozen=True):
    uid: int = 0
    gid: int = 0


class _Capabilities(msgspec.Struct, frozen=True):
    bounding: list[str] | None = None


class _Process(msgspec.Struct, frozen=True):
    args: list[str] | None = None
    user: _User = _User()
    capabilities: _Capabilities | None = None


class _Linux(msgspec.Struct, frozen=True, rename={"cgroups_path": "cgroupsPath", "masked": "maskedPaths"}):
    cgroups_path: str = ""
    masked: list[str] | None = None


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


def parse_runtime_config(data: bytes) -> RuntimeConfig:
    """Raises FormatError."""
    try:
        return msgspec.json.decode(data, type=RuntimeConfig)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"not an OCI runtime configuration: {error}", where="config.json") from error
