"""Event types 06: programs and rare calls in another order than ever, each with its examples."""

from __future__ import annotations

from periderm.engines.baseline.cases import BASH, CURL, NGINX, PHP, SH, EventType, Words, case, did, event_type, normal
from periderm.model.detector import Example
from periderm.model.severity import Severity

_MEDIUM = Severity.MEDIUM
_MEANT = Words(
    "If it is meant, accept it with `periderm baseline accept`; if not, find out who started it and rebuild the container "
    "from its image.",
    "如属预期行为，请用 `periderm baseline accept` 接受；否则请查明由谁启动，并用镜像重建容器。",
)

TYPES: tuple[EventType, ...] = (
    event_type(
        "06-01",
        Words("Start programs in a new order", "以新的次序启动程序"),
        Words("{program} in {subject} came by {value}", "{subject} 中的 {program} 由 {value} 而来"),
        _MEDIUM,
        "T1059.004",
        _MEANT,
        (
            Example(
                case(
                    did("chain", CURL, f"{PHP} > {SH}"), normal(CURL, chain=f"/usr/sbin/cron > {SH}"), normal(SH), normal(PHP)
                ),
                "the download that only cron's shell did is done by PHP's shell",
            ),
        ),
        (
            Example(
                case(
                    did("chain", "/usr/bin/cat", f"{SH} > {BASH}"), normal("/usr/bin/cat", chain=f"{BASH} > {SH}"), normal(SH)
                ),
                "two shells in the other order",
            ),
        ),
    ),
    event_type(
        "06-02",
        Words("Make rare calls in a new order", "以新的次序进行罕见调用"),
        Words("{program} in {subject} made the calls {value}", "{subject} 中的 {program} 依次进行了 {value}"),
        _MEDIUM,
        "T1106",
        _MEANT,
        (
            Example(
                case(did("calls", NGINX, "MEMFD > DUP > EXEC_MEMORY"), normal(NGINX, calls="SETGID > SETUID > BIND")),
                "a file without a disk, a connection as its input, and memory that becomes code",
            ),
        ),
        (
            Example(
                case(did("calls", NGINX, "SETUID > SETGID > BIND"), normal(NGINX, calls="SETGID > SETUID > BIND")),
                "ordinary calls in another order",
            ),
        ),
    ),
)
