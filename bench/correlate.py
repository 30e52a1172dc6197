"""What correlation costs: one incident built from 10, 1,000 and 10,000 alerts, and one more alert on top of it.

The floor is decoding the same alerts from MessagePack, which whoever reads them from a store has paid already.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable

import msgspec

from periderm.correlate import grouping
from periderm.correlate.incident import build
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

REPEATS = 5
DETECTORS = (("RUN-002", "T1190"), ("RUN-010", "T1003.008"), ("RUN-005", "T1105"), ("RUN-054", "T1496.001"))


def alerts(count: int) -> list[Alert]:
    """A long attack: different files and processes, lineages of five."""
    line = tuple(ProcessRecord(key=k, parent=k - 1, pid=k, exe=f"/usr/bin/p{k}", started=k) for k in range(5, 0, -1))
    made = []
    for number in range(count):
        detector, technique = DETECTORS[number % len(DETECTORS)]
        process = ProcessRecord(key=100 + number, parent=5, pid=number, exe="/bin/cat", argv=("cat", "x"), started=number)
        made.append(
            Alert(
                id=f"alt-{number}",
                detector=detector,
                title=Text("Read a file", "读取文件"),
                message=Text("cat read a file", "cat 读取了文件"),
                severity=Severity.HIGH,
                maturity=Maturity.STABLE,
                techniques=(technique,),
                time=number,
                last_time=number,
                node_id="n",
                asset_id="c",
                container_id="c",
                container_name="shop",
                process=process,
                lineage=(process, *line),
                object=f"/etc/{number}",
            )
        )
    return made


def best(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest of a few runs."""
    spent = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def main() -> None:
    """Prints microseconds for each alert and the ratio to the floor."""
    for count in (10, 1_000, 10_000):
        given = alerts(count)
        data = msgspec.msgpack.encode(given)
        decoder = msgspec.msgpack.Decoder(list[Alert])
        floor = best(functools.partial(decoder.decode, data))
        whole = best(functools.partial(build, "inc", given))
        made = build("inc", given)
        more = best(functools.partial(build, "inc", given[-1:], previous=made))
        asked = best(functools.partial(grouping.belongs, given[-1], made))
        print(
            f"correlate {count:>6} alerts: build {whole / count * 1e6:7.1f} us/alert ({whole / floor:.1f} times decoding), "
            f"one more {more * 1e3:6.2f} ms, belongs {asked * 1e6:5.0f} us"
        )


if __name__ == "__main__":
    main()
