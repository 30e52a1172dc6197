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
    Index(f"ix_{name}_time", *newest)
    if severity:
        Index(f"ix_{name}_severity", table.c.severity.desc(), *newest)
    for column in indexed:
        Index(f"ix_{name}_{column}", table.c[column], *newest)
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

scan_requests = Table(
    "scan_requests",
    metadata,
    Column("id", Text, primary_key=True),  # the image's digest
    _number("requested"),
    _text("worker"),
    _number("lease_until"),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_scan_requests_requested", scan_requests.c.requested, scan_requests.c.id)

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
    _text("name"),
    _number("expires"),
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
