"""Which alerts of rules make their process, and all below it, no teacher of a baseline, or a single deed no lesson. It takes
nothing back itself."""

from __future__ import annotations

from periderm.model.alert import Alert
from periderm.model.deviation import PREFIX
from periderm.model.severity import Severity

LEAST_SEVERITY = Severity.LOW
LEAST_OF_THE_WORKLOAD = Severity.HIGH
LEAST_OF_A_DEED = Severity.MEDIUM


def disbelieved(alert: Alert) -> bool:
    """Whether nothing is learned from the alert's process and those below it.

    All of a container is below its first process. What that one itself does and a rule finds worth less than HIGH is what the
    workload was made to do (an ssh server that serves, a start script that writes a job of cron): were it disbelieved, the
    workload would never learn anything, in any of its runs. A file that the image did not bring is no such process."""
    if alert.detector.startswith(PREFIX) or alert.severity < LEAST_SEVERITY:
        return False
    return not _of_the_first(alert) or alert.severity >= LEAST_OF_THE_WORKLOAD


def no_lesson(alert: Alert) -> bool:
    """Whether what its process does in that second is not learned, though the process is believed: of a first process, where
    disbelief would end all learning, what a rule finds worth MEDIUM. What was done does not become normal by being done once,
    while the service learns on; what only looks odd (LOW) is learned, or it would be told by both for ever."""
    if alert.detector.startswith(PREFIX) or disbelieved(alert):
        return False
    return alert.severity >= LEAST_OF_A_DEED and _of_the_first(alert)


def _of_the_first(alert: Alert) -> bool:
    process = alert.process
    return bool(alert.container_id) and process.how == "entrypoint" and len(alert.lineage) == 1 and not process.drifted
