"""The tables as they are now: a document each, with the columns beside it by which it is filtered and ordered.

A column named as a field of `Query` is what that field filters. How the tables came to be is in `migrations/`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _documents(name: str, *texts: str, severity: bool = False, indexed: tuple[str, ...] = ()) -> Table:
    """Documents by id that can be paged: newest first, by severity if they have one, and within each `indexed` column."""
    table = Table(
        name,
        metadata,
        Column("id", Text, primary_key=True),
        _number("time"),
        *([Column("severity", Integer, nullable=False)] if severity else []),
        *(_text(column) for column in texts),
        _text("search"),
        Column("doc", LargeBinary, nullable=False),
    )
    newest = (table.c.time.desc(), table.c.id)
    # With the severity at its end an index answers what is at least so bad, and counts it, without a look at the documents.
    graded = (table.c.severity,) if severity else ()
    Index(f"ix_{name}_time", *newest, *graded)
    if severity:
        Index(f"ix_{name}_severity", table.c.severity.desc(), *newest)
    for column in indexed:
        Index(f"ix_{name}_{column}", table.c[column], *newest, *graded)
    return table


assets = _documents(
    "assets", "kind", "node_id", "workload_id", "image_digest", indexed=("kind", "node_id", "workload_id", "image_digest")
)
findings = _documents(
    "findings",
    *("kind", "asset_id", "image_digest", "detector"),
    severity=True,
    indexed=("kind", "asset_id", "image_digest", "detector"),
)
Index("ix_findings_image_kind_severity", findings.c.image_digest, findings.c.kind, findings.c.severity)  # to count by

alerts = _documents(
    "alerts",
    *("asset_id", "node_id", "workload_id", "image_digest", "incident_id", "detector"),
    severity=True,
    indexed=("asset_id", "node_id", "workload_id", "image_digest", "incident_id", "detector"),
)
incidents = _documents(
    "incidents",
    *("asset_id", "node_id", "workload_id", "image_digest", "state"),
    severity=True,
    indexed=("asset_id", "node_id", "workload_id", "image_digest", "state"),
)
Index(  # the worst of those that are open
    "ix_incidents_state_severity", incidents.c.state, incidents.c.severity.desc(), incidents.c.time.desc(), incidents.c.id
)
effects = _documents(
    "effects",
    *("kind", "asset_id", "node_id", "incident_id", "state"),
    indexed=("asset_id", "node_id", "incident_id", "state"),
)
gaps = _documents("gaps", "kind", "asset_id", indexed=("kind", "asset_id"))
scan_results = _documents("scan_results", "node_id", indexed=("node_id",))

effect_history = Table(
    "effect_history",
    metadata,
    Column("effect_id", Text, primary_key=True),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),  # tells records of the same time apart
    Column("doc", LargeBinary, nullable=False),
)

scan_jobs = Table(
    "scan_jobs",
    metadata,
    Column("id", Text, primary_key=True),  # the image's digest
    _number("time"),  # when it was asked for
    _text("state"),
    _number("priority"),
    _number("rank"),  # what is urgent first, then what is old: the order of lists
    _text("worker"),
    _number("lease_until"),
    _number("not_before"),
    _text("search"),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_scan_jobs_order", scan_jobs.c.priority, scan_jobs.c.time, scan_jobs.c.id)
Index("ix_scan_jobs_rank", scan_jobs.c.rank.desc(), scan_jobs.c.time.desc(), scan_jobs.c.id)
Index("ix_scan_jobs_state", scan_jobs.c.state, scan_jobs.c.time.desc(), scan_jobs.c.id)

scan_places = Table(
    "scan_places",  # where an image that waits can be read: on each of these nodes, or by any worker
    metadata,
    Column("id", Text, primary_key=True),  # the image's digest
    Column("node_id", Text, primary_key=True),  # '': by any worker
    _text("kind"),  # what opens it: 'podman', 'registry', …
    Column("doc", LargeBinary, nullable=False),
)

inventories = Table(
    "inventories",
    metadata,
    Column("id", Text, primary_key=True),  # the image's digest
    Column("doc", LargeBinary, nullable=False),
)

# What follows, up to `running`, is made from the documents above in the transactions that store them (and again, by
# `derived.py`, when a step of the schema says so): rows to search by, with numbers where a digest would be repeated.

places = Table(
    "places",  # images, and hosts with findings
    metadata,
    Column("id", Text, primary_key=True),  # the image's digest, or the asset's id
    _number("number"),
    _text("kind"),
    _number("time"),
    Column("severity", Integer, nullable=False),
    _number("rank"),
    _text("state"),
    _text("search"),
    _text("layers"),  # digests, each followed by a blank
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_places_number", places.c.number, unique=True)
Index("ix_places_time", places.c.kind, places.c.time.desc(), places.c.id)
Index("ix_places_rank", places.c.kind, places.c.rank.desc(), places.c.time.desc(), places.c.id)

packages = Table(
    "packages",  # each distinct one once, however many images hold it
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    _text("key"),
    _text("name"),
    _text("version"),
    _text("type"),
    _text("purl"),
    _text("licence"),
    _text("folded"),  # the name without case
    _text("search"),
    _number("places"),  # how many rows of `package_places` it has
)
Index("ix_packages_key", packages.c.key, unique=True)
# Holds all that a search reads, so that it walks this narrow index and not the table.
Index("ix_packages_name", *(packages.c[name] for name in ("name", "version", "id", "search", "places")))
Index("ix_packages_folded", packages.c.folded)

package_places = Table(
    "package_places",
    metadata,
    Column("package", BigInteger, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("path", Text, primary_key=True),
    _number("layer"),  # its position in the image, -1 if not known
    sqlite_with_rowid=False,
)
Index("ix_package_places_place", package_places.c.place, package_places.c.package)

vulnerable = Table(
    "vulnerable",  # a row for each finding of a vulnerability
    metadata,
    Column("id", Text, primary_key=True),  # the finding's id
    _text("vulnerability"),
    _number("place"),
    _text("package"),
    *(_number(name) for name in ("severity", "priority", "exploited", "probability", "fixed", "first_seen")),
)
Index("ix_vulnerable_vulnerability", vulnerable.c.vulnerability, vulnerable.c.place)
Index("ix_vulnerable_place", vulnerable.c.place, vulnerable.c.vulnerability)

vulnerabilities = Table(
    "vulnerabilities",  # each once, with the greatest of its findings
    metadata,
    Column("id", Text, primary_key=True),
    _number("time"),
    Column("severity", Integer, nullable=False),
    _number("rank"),
    *(Column(name, Integer, nullable=False) for name in ("exploited", "fixed")),
    _text("search"),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_vulnerabilities_rank", vulnerabilities.c.rank.desc(), vulnerabilities.c.time.desc(), vulnerabilities.c.id)

running = Table(
    "running",  # containers that run now
    metadata,
    Column("id", Text, primary_key=True),  # the asset's id
    _text("image_digest"),
)
Index("ix_running_image_digest", running.c.image_digest, running.c.id)

image_aliases = Table(
    "image_aliases",  # digests of manifests and indexes by which an image is named too
    metadata,
    Column("id", Text, primary_key=True),
    Column("image_digest", Text, primary_key=True),
)
Index("ix_image_aliases_image_digest", image_aliases.c.image_digest, image_aliases.c.id)

registries = Table(
    "registries",  # that are watched
    metadata,
    Column("id", Text, primary_key=True),  # the name
    _number("next"),
    Column("doc", LargeBinary, nullable=False),
    Column("state", LargeBinary, nullable=False),
)
registry_tags = _documents(
    "registry_tags",
    *("kind", "image_digest", "state"),  # kind: the watched registry's name
    indexed=("kind", "image_digest"),
)
registry_calls = Table(
    "registry_calls",  # what webhooks and people asked to be looked at
    metadata,
    Column("id", Text, primary_key=True),
    _text("registry"),
    _number("not_before"),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_registry_calls_registry", registry_calls.c.registry, registry_calls.c.not_before, registry_calls.c.id)

exemptions = Table(
    "exemptions",
    metadata,
    Column("id", Text, primary_key=True),
    _number("expires"),
    Column("doc", LargeBinary, nullable=False),
)

policies = Table(
    "policies",
    metadata,
    Column("id", Text, primary_key=True),
    _number("priority"),
    Column("doc", LargeBinary, nullable=False),
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", Text, primary_key=True),
    _number("until"),
    Column("doc", LargeBinary, nullable=False),
)

selftests = Table(
    "selftests",
    metadata,
    Column("id", Text, primary_key=True),
    _number("started"),
    Column("doc", LargeBinary, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Text, primary_key=True),  # the token's digest
    _text("name"),
    _number("expires"),
    Column("used", Integer, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),  # the cookie's digest
    _text("public"),  # the id by which it is named in lists
    _text("name"),
    _number("expires"),
    _number("seen"),
    Column("doc", LargeBinary, nullable=False),
)

senders = Table(
    "senders",
    metadata,
    Column("id", Text, primary_key=True),
    _number("sequence"),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("role", Text, primary_key=True),
    Column("node_id", Text, primary_key=True),
    Column("doc", LargeBinary, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    _text("what"),
    _text("id"),
    _number("time"),
)

# Our own counters: a database's sequences have holes after a roll-back, or restart when their table is emptied.
counters = Table(
    "counters",
    metadata,
    Column("id", Text, primary_key=True),
    _number("value"),
)

files_in_use = Table(
    "files_in_use",
    metadata,
    Column("id", Text, primary_key=True),  # the image's digest
    Column("doc", LargeBinary, nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Text, primary_key=True),  # the image's digest, and the network that judged
    _text("image_digest"),
    _number("time"),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_verdicts_image_digest", verdicts.c.image_digest, verdicts.c.time)

carried = Table(
    "carried",
    metadata,
    Column("id", Text, primary_key=True),  # the image's digest
    Column("doc", LargeBinary, nullable=False),
)

transfers = Table(
    "transfers",
    metadata,
    Column("id", Text, primary_key=True),
    _number("time"),
    _text("origin"),  # who signed, and which network
    _number("exported"),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_transfers_time", transfers.c.time)
Index("ix_transfers_origin", transfers.c.origin, transfers.c.exported)

baselines = _documents("baselines", "state", indexed=("state",))

baseline_bodies = Table(
    "baseline_bodies",
    metadata,
    Column("id", Text, primary_key=True),  # the workload's
    _text("digest"),
    _text("version"),
    Column("doc", LargeBinary, nullable=False),  # compressed
)

baseline_news = Table(
    "baseline_news",
    metadata,
    Column("workload_id", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    _text("version"),
    Column("doc", LargeBinary, nullable=False),  # compressed
)

baseline_reviews = Table(
    "baseline_reviews",
    metadata,
    Column("id", Text, primary_key=True),  # the alert's
    _text("decision"),
    _number("until"),  # what comes of it later waits again
)
Index("ix_baseline_reviews_decision", baseline_reviews.c.decision)
