"""Services that a user wants to be told of, as a file. Judges nothing.

services:
  - name: Acme telemetry
    programs: [acmed]              # names of its executables
    packages: [acme-server]        # names of packages that bring it; one of the two is needed
    severity: high                 # default: medium
    why: It listens on every address and asks nobody for a password.
    instead: Send to the collector of the node.
"""

from __future__ import annotations

from periderm.algorithms.rules.places import nearest, shown
from periderm.formats.policy_files.nodes import Node, parse
from periderm.model.service import RiskyService
from periderm.model.severity import Severity
from periderm.model.text import Text

FILE = "services.yaml"
MOST = 1 << 20
_FIELDS = ("name", "programs", "packages", "severity", "why", "instead")
_SEVERITIES = {s.name.lower(): s for s in Severity if s is not Severity.UNKNOWN}
_INSTEAD = Text("Leave it out, or let it listen on the loopback address.", "从镜像中移除，或仅监听回环地址。")


def read_services(data: bytes, where: str = FILE) -> tuple[RiskyService, ...]:
    """All services of the file. Raises RuleError with line and column for what is wrong, FormatError for what is no YAML."""
    fields = parse(data, where).fields("the file", ("services",), ("services",))
    return tuple(_service(node) for node in fields["services"].as_list("services"))


def _service(node: Node) -> RiskyService:
    given = node.fields("a service", _FIELDS, ("name", "why"))
    programs = given["programs"].texts("programs") if "programs" in given else ()
    packages = given["packages"].texts("packages") if "packages" in given else ()
    name = given["name"].as_text("a name", 200)
    if not programs and not packages:
        raise node.error(f"The service '{shown(name)}' names no program and no package.", "Write programs: or packages:.")
    why = given["why"].as_text("a reason", 2_000)
    instead = given["instead"].as_text("a remedy", 2_000) if "instead" in given else ""
    return RiskyService(
        name=name,
        programs=programs,
        packages=packages,
        why=Text(why, why),
        instead=Text(instead, instead) if instead else _INSTEAD,
        severity=_severity(given["severity"]) if "severity" in given else Severity.MEDIUM,
    )


def _severity(node: Node) -> Severity:
    text = node.as_text("a severity").lower()
    if text not in _SEVERITIES:
        raise node.error(f"'{shown(text)}' is none of {', '.join(_SEVERITIES)}.", nearest(text, tuple(_SEVERITIES)))
    return _SEVERITIES[text]
