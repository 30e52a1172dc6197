"""What becomes of a scan that failed or whose worker died: tried again later, or given up and said so. Scans nothing.

A lease is short and renewed while the scan goes on, so that a dead worker's image is soon another's; an image that costs
several workers their life is given up, and a finding and a coverage gap say that it was not examined.
"""

from __future__ import annotations

from periderm.engines.image.detectors.not_examined import SPEC
from periderm.model.envelope import ScanResult
from periderm.model.finding import Finding, FindingKind
from periderm.model.identity import image_id
from periderm.model.ids import stable_id
from periderm.model.queue import ScanJob
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.ports.store import Store

SECOND = 10**9
LEASE_NS = 60 * SECOND
SENDING_NS = 300 * SECOND  # a worker that is done may need to wait for the server before its result arrives
MOST_DEATHS = 3
BACK_OFF = tuple(seconds * SECOND for seconds in (30, 120, 600, 1800, 7200))
MOST_WAITING = 10_000  # with so many, looks at registries put in no more
LOCATION = "worker"

_TITLE = Text("The scan of this image ends its worker", "扫描此镜像会导致扫描进程终止")
_KILLED = Text(
    "{n} workers died while they scanned it, the last one {worker}. It is not tried again.",
    "{n} 个扫描进程在扫描时终止，最后一个是 {worker}。不再重试。",
)
_STEP = Text(
    "Do not trust the image before it was looked at. Scan it alone on a machine that can be spared, or let it be tried "
    "again: `periderm queue retry`.",
    "在检查之前请勿信任此镜像。请在可牺牲的机器上单独扫描，或使用 `periderm queue retry` 重试。",
)


def retry_at(attempts: int, now: int) -> int | None:
    """When a scan that failed so many times for a reason that may pass is tried again; None: not any more."""
    return now + BACK_OFF[attempts - 1] if 1 <= attempts <= len(BACK_OFF) else None


def take_failure(store: Store, result: ScanResult, now: int) -> bool:
    """Whether a failed scan's result has been dealt with here: it is tried again later, or it is the word of a worker that
    does not hold the job any more. Else it is the result."""
    job = store.scan_job(result.image_digest)
    if job is None or not result.worker:
        return False
    if job.worker != result.worker:
        return True
    at = retry_at(job.attempts, now) if result.again else None
    return at is not None and store.put_back_scan(job.image_digest, worker=job.worker, not_before=at, problem=result.failure)


def bury(store: Store, now: int) -> list[ScanResult]:
    """Gives up the images that have cost too many workers; what is to be stored of each."""
    given_up = []
    for job in store.lost_scans(now):
        deaths = job.deaths + 1
        if deaths >= MOST_DEATHS:
            result = _killed(job, deaths, now)
            store.put_scan_result(result)
            store.give_up_scan(job.image_digest, result.failure, deaths=deaths)
            given_up.append(result)
    return given_up


def _killed(job: ScanJob, deaths: int, now: int) -> ScanResult:
    message = _KILLED.fill(n=deaths, worker=job.worker)
    asset = image_id(job.image_digest)
    finding = Finding(
        id=stable_id("fnd", SPEC.id, asset, LOCATION),
        detector=SPEC.id,
        kind=FindingKind.NOT_EXAMINED,
        severity=Severity.HIGH,
        asset_id=asset,
        title=_TITLE,
        message=message,
        remediation=_STEP,
        location=LOCATION,
        first_seen=now,
        last_seen=now,
    )
    return ScanResult(
        image_digest=job.image_digest, node_id=job.node_id, time=now, seconds=0.0, findings=(finding,), failure=message.en
    )
