"""Behaviour that was judged bad, with the process that did it and its ancestry."""

from __future__ import annotations

import msgspec

from periderm.model.deviation import Deviation
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

EXCEPTED = "excepted:"  # before the id of an exception: `Query.incident_id` of the alerts that it took out


class ProcessRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A process as far as it was seen. `key` is unique on its node. `how` says how it came: 'entrypoint' (descends
    from the container's first process), 'exec' (podman exec and the like), 'nsenter', 'host', or '' if unknown.
    `package` is the image's package that owns the executable; `drifted` is true if the image did not bring it."""

    key: int
    parent: int
    pid: int
    exe: str
    argv: tuple[str, ...] = ()
    user_id: int = 0
    started: int = 0
    ended: int = 0
    how: str = ""
    tty: bool = False
    drifted: bool = False
    killed: bool = False
    package: str = ""


class Alert(msgspec.Struct, frozen=True, kw_only=True, tag="alert"):
    """One judgement about behaviour.

    `id` = stable_id('alt', detector, subject, process key, what) so that a replay or a resend is the same alert;
    `count` and `last_time` grow when one cause fires again. `lineage` goes from the acting process up to the subject's
    first process. `object` is the path, address or name acted on. `container_id`, `image_digest`, `workload_id` are
    '' on the plain host. Times are Unix nanoseconds.
    """

    id: str
    detector: str
    title: Text
    message: Text
    severity: Severity
    maturity: Maturity
    techniques: tuple[str, ...]
    time: int
    last_time: int
    node_id: str
    asset_id: str
    process: ProcessRecord
    lineage: tuple[ProcessRecord, ...]
    object: str = ""
    count: int = 1
    container_id: str = ""
    container_name: str = ""
    image_digest: str = ""
    workload_id: str = ""
    evidence: dict[str, str] = {}
    incident_id: str = ""
    session: str = ""  # id of the announced session below which it happened
    excepted: str = ""  # id of the exception that takes it out of incidents and of what is told
    deviation: Deviation | None = None  # what a baseline says of it; None where a rule judged
