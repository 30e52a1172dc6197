"""The part of `/api/v1` about what is seen: the ATT&CK matrix, the self-tests, the rules. Parses and asks `app`."""

from __future__ import annotations

from periderm.app import tested
from periderm.app.known_rules import show_rules
from periderm.app.rules import Listed
from periderm.app.tested import CoverageReport
from periderm.model.errors import NotFoundError
from periderm.model.exercise import SelfTest
from periderm.server.endpoints import Call, Endpoint
from periderm.server.listing import V1


def _rules(call: Call) -> Listed:
    found = show_rules(call.app, call.who)
    if found is None:
        raise NotFoundError("The packs of rules of this machine cannot be read here.", "`periderm rules list` on the machine.")
    return found


COVERAGE: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/coverage",
        summary="ATT&CK for containers: what sees each technique, what cannot be seen, and what the self-tests saw.",
        handle=lambda call: tested.show_coverage(call.app, call.who),
        answer=CoverageReport,
        tag="coverage",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/selftests",
        summary="The latest runs of the self-test, newest first, each signed.",
        handle=lambda call: tested.list_selftests(call.app, call.who),
        answer=list[SelfTest],
        tag="coverage",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/rules",
        summary="All detectors and rules on the server's machine, and the state of each pack.",
        handle=_rules,
        answer=Listed,
        tag="coverage",
    ),
)
