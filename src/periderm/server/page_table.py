"""Which page of the console stands at which address. A new page is a line here; what forms do is in `page_forms`.

Holds no behaviour: `pages` draws what is named here.
"""

from __future__ import annotations

from collections.abc import Callable

from periderm.console.download import Download
from periderm.console.pages import (
    account,
    all_matching,
    assets,
    baselines,
    coverage,
    destination,
    detectors,
    events,
    exceptions,
    false_alarm,
    findings,
    gaps,
    harden,
    images,
    incident,
    machines,
    notify,
    overview,
    owners,
    packages,
    people,
    policies,
    queue,
    registries,
    resources,
    responses,
    search,
    sessions,
    settings,
    slim,
    traces,
    triage,
    vulnerabilities,
)
from periderm.console.pages import incidents as incident_list
from periderm.console.pages import respond as respond_page
from periderm.console.render import Ask

Page = Callable[[Ask], str]
File = Callable[[Ask], Download]

PAGES: tuple[tuple[str, Page], ...] = (
    ("/", overview.page),
    ("/exposure/{id}", overview.exposure),
    ("/search", search.page),
    ("/incidents", incident_list.page),
    ("/incidents/all", all_matching.incidents_page),
    ("/incidents/{id}", incident.page),
    ("/incidents/{id}/respond", respond_page.page),
    ("/incidents/{id}/false-alarm", false_alarm.page),
    ("/incidents/{id}/traces", traces.page),
    ("/triage", triage.page),
    ("/events", events.page),
    ("/images", images.page),
    ("/images/{id}", images.one),
    ("/images/{id}/slim", slim.page),
    ("/registries", registries.page),
    ("/registries/{id}", registries.one),
    ("/queue", queue.page),
    ("/vulnerabilities", vulnerabilities.page),
    ("/vulnerabilities/{id}", vulnerabilities.one),
    ("/packages", packages.page),
    ("/notify", notify.page),
    ("/notify/+", destination.new),
    ("/notify/{id}", destination.page),
    ("/exceptions", exceptions.page),
    ("/exceptions/preview", exceptions.preview),
    ("/findings", findings.page),
    ("/findings/all", all_matching.findings_page),
    ("/findings/{id}", findings.one),
    ("/assets", assets.page),
    ("/assets/{id}", assets.one),
    ("/owners", owners.page),
    ("/baselines", baselines.page),
    ("/baselines/{id}", baselines.one),
    ("/baselines/{id}/review", baselines.review),
    ("/baselines/{id}/enforce", policies.enforce),
    ("/baselines/{id}/harden", harden.page),
    ("/baselines/{id}/resources", resources.page),
    ("/coverage", coverage.page),
    ("/gaps", gaps.page),
    ("/detectors", detectors.page),
    ("/detectors/{id}", detectors.one),
    ("/policies", policies.page),
    ("/responses", responses.page),
    ("/responses/{id}", respond_page.one),
    ("/sessions", sessions.page),
    ("/people", people.page),
    ("/machines", machines.page),
    ("/settings", settings.page),
    ("/sign-ins", people.sign_ins),
    ("/audit", people.log),
    ("/account", account.page),
)

# Files that a page hands out, to be kept and not shown.
FILES: tuple[tuple[str, File], ...] = (
    ("/incidents/{id}/export", incident.export),
    ("/incidents/{id}/pdf", incident.export_pdf),
    ("/baselines/{id}/harden/{form}/{name}", harden.download),
    ("/images/{id}/slim/vex", slim.vex),
)
