"""What the sensor gives up under pressure, in which order, and what was given up. Values only; `flow.budget` decides when."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.text import Text


class Detail(enum.StrEnum):
    """A kind of detail that may be given up. What is not listed here never is: programs, connections, credentials,
    opens for writing, renames, removals, namespaces, mounts, signals."""

    REPEATS = "repeats"
    LIBRARY = "library"
    EXEC_MEMORY = "exec-memory"
    UTIME = "utime"
    PROCESS_NAME = "process-name"
    DNS = "dns"
    SYSTEM_READS = "system-reads"
    MKDIR = "mkdir"
    READS = "reads"


class ShedLevel(msgspec.Struct, frozen=True, kw_only=True):
    """One step down: `details` go with it, beside those of the steps before."""

    level: int
    details: tuple[Detail, ...]
    text: Text


SHED_LEVELS: tuple[ShedLevel, ...] = (
    ShedLevel(level=0, details=(), text=Text("Nothing is given up.", "不舍弃任何细节。")),
    ShedLevel(
        level=1,
        details=(Detail.REPEATS,),
        text=Text(
            "What was told before is told again every ten minutes, not each minute.",
            "重复事件每十分钟上报一次，而非每分钟。",
        ),
    ),
    ShedLevel(
        level=2,
        details=(Detail.LIBRARY, Detail.EXEC_MEMORY, Detail.UTIME, Detail.PROCESS_NAME),
        text=Text(
            "Libraries from elsewhere, memory that becomes code, file times and process names.",
            "外来程序库、变为可执行的内存、文件时间与进程改名。",
        ),
    ),
    ShedLevel(
        level=3,
        details=(Detail.DNS, Detail.SYSTEM_READS),
        text=Text(
            "Questions to name servers, and reading of files below /usr and /lib.", "域名查询，以及读取 /usr 与 /lib 下的文件。"
        ),
    ),
    ShedLevel(
        level=4,
        details=(Detail.MKDIR, Detail.READS),
        text=Text(
            "New folders, and reading of files outside /etc, /root, /home, /var, /run, /proc, /sys and /dev.",
            "新建目录，以及读取 /etc、/root、/home、/var、/run、/proc、/sys、/dev 以外的文件。",
        ),
    ),
)
MOST_SHED = len(SHED_LEVELS) - 1


class ShedCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many events of one detail of one asset were not told, since the sensor was loaded."""

    asset_id: str
    detail: Detail
    count: int


class Pressure(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent uses and how far it is behind: CPU seconds and bytes of the process, records lost so far, and how
    full the ring is (0 to 1)."""

    cpu_seconds: float
    memory_bytes: int
    lost: int = 0
    ring: float = 0.0
