"""What a person does with the queue of scans: read it, try one again, take one out."""

from __future__ import annotations

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query
from periderm.model.queue import QueueState, ScanJob


def list_jobs(app: Application, who: Principal, query: Query) -> Page[ScanJob]:
    """A page of jobs; with the order 'severity' as they will be taken."""
    require(who, Permission.READ)
    return app.store.scan_jobs(query)


def queue_state(app: Application, who: Principal) -> QueueState:
    """How many there are of each state."""
    require(who, Permission.READ)
    return app.store.queue_state()


def show_job(app: Application, who: Principal, image_digest: str) -> ScanJob:
    """The job of one image. Raises NotFoundError."""
    require(who, Permission.READ)
    job = app.store.scan_job(image_digest)
    if job is None:
        raise NotFoundError(f"{image_digest[:80]!r} is not in the queue.", "`periderm queue` lists what is.")
    return job


def retry_job(app: Application, who: Principal, image_digest: str) -> ScanJob:
    """One that failed or was given up is tried again, with all its attempts. Raises NotFoundError, UsageError."""
    require(who, Permission.RESPOND)
    with app.store.transaction():
        if not app.store.retry_scan(image_digest, who.name):
            show_job(app, who, image_digest)
            raise UsageError("That image waits or is being scanned already.", "`periderm queue` shows how far it is.")
        note(app, who, "scan.retry", image_digest)
    return show_job(app, who, image_digest)


def cancel_job(app: Application, who: Principal, image_digest: str) -> ScanJob:
    """It leaves the queue; a scan that is under way ends within seconds. Answers what it was. Raises NotFoundError."""
    require(who, Permission.RESPOND)
    job = show_job(app, who, image_digest)
    with app.store.transaction():
        app.store.cancel_scan(image_digest)
        note(app, who, "scan.cancel", image_digest)
    return job
