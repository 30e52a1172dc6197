"""From the parameters of an address to a `Query`, strictly: an unknown or malformed parameter is told, not ignored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from periderm.model.errors import UsageError
from periderm.model.finding import FindingKind
from periderm.model.incident import IncidentState
from periderm.model.query import Query
from periderm.model.severity import Severity

MOST_ITEMS = 1000
LONGEST = 1000
LARGEST = 2**63 - 1
ORDERS = ("", "severity")


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of an address, as the OpenAPI document tells it. `type` is a JSON Schema type; `least` and `most` bound
    integers, `longest` characters of texts; `pattern` (a regular expression) is only told here: whoever reads the value checks
    it."""

    name: str
    description: str
    type: str = "string"
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = LARGEST
    longest: int = LONGEST
    pattern: str = ""
    required: bool = False


LEVELS = tuple(s.name.lower() for s in Severity)
PAGING = (
    Parameter("cursor", "`next_cursor` of the page before."),
    Parameter("limit", f"How many items, 1 to {MOST_ITEMS}; 100 if not given.", "integer", least=1, most=MOST_ITEMS),
)
ANYWHERE = (
    Parameter("text", "Part of names, titles, messages and objects; case does not matter."),
    Parameter("since", "Unix nanoseconds.", "integer"),
    Parameter("until", "Unix nanoseconds.", "integer"),
)
COMMON = (
    *ANYWHERE,
    Parameter("order", "Newest first if empty, or `severity`.", "string", ORDERS),
    *PAGING,
)
ASSET = Parameter("asset_id", "Only of this asset.")
NODE = Parameter("node_id", "Only of this node.")
IMAGE = Parameter("image_digest", "Only of this image (`sha256:…`).")
WORKLOAD = Parameter("workload_id", "Only of this workload.")
INCIDENT = Parameter("incident_id", "Only of this incident.")
DETECTOR = Parameter("detector", "Only of this detector.")
VULNERABILITY = Parameter("vulnerability", "Only of this vulnerability (`CVE-2026-1234`).")
SEVERITY = Parameter("severity_at_least", "At least this bad.", "string", LEVELS)


RUNNING = Parameter("state", "`running`: only of images that a container runs.", "string", ("running",))


def state(choices: Sequence[str]) -> Parameter:
    """A parameter for the states that exist."""
    return Parameter("state", "Only in this state.", "string", tuple(choices))


def kind(choices: Sequence[str]) -> Parameter:
    """A parameter for the kinds that exist."""
    return Parameter("kind", "Only of this kind.", "string", tuple(choices))


SCOPE = (ASSET, NODE, WORKLOAD, IMAGE)
INCIDENTS = (*SCOPE, state(tuple(IncidentState)), SEVERITY)
FINDINGS = (ASSET, IMAGE, DETECTOR, VULNERABILITY, kind(tuple(FindingKind)), SEVERITY, RUNNING)


def query_from(given: Mapping[str, str], allowed: Sequence[Parameter]) -> Query:
    """Raises UsageError for a parameter that is unknown or malformed."""
    return msgspec.convert(values_from(given, allowed), Query, strict=False)


def values_from(given: Mapping[str, str], allowed: Sequence[Parameter]) -> dict[str, str | int | Severity]:
    """The parameters that are not empty, by name. Raises UsageError for one that is unknown or malformed."""
    known = {p.name: p for p in allowed}
    values: dict[str, str | int | Severity] = {}
    for name, value in given.items():
        if name not in known:
            raise UsageError(f"There is no parameter {name[:40]!r} here.", f"There are: {', '.join(known)}.")
        if value:
            values[name] = _value(known[name], value)
    return values


def _value(parameter: Parameter, value: str) -> str | int | Severity:
    if len(value) > parameter.longest:
        raise UsageError(f"`{parameter.name}` is longer than {parameter.longest} characters.", "Shorten it.")
    if parameter.choices and value not in parameter.choices:
        choices = ", ".join(c for c in parameter.choices if c)
        raise UsageError(f"`{parameter.name}` is {value[:40]!r}.", f"It is one of {choices}.")
    if parameter.name == "severity_at_least":
        return Severity[value.upper()]
    if parameter.type == "integer":
        return _integer(parameter, value)
    return value


def _integer(parameter: Parameter, value: str) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else -1
    if not parameter.least <= number <= parameter.most:
        raise UsageError(
            f"`{parameter.name}` is {value[:40]!r}.", f"It is a number from {parameter.least} to {parameter.most}."
        )
    return number
