"""What a person does with packs of runtime rules: lint, test, list, try on the past, sign. Prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from periderm.algorithms import signing
from periderm.algorithms.rules.pack import Failure, Pack, PackKind
from periderm.engines.runtime import DETECTORS
from periderm.engines.runtime.rules.lint import Level, Remark, lint
from periderm.engines.runtime.rules.pack import checked
from periderm.flow.replay import LookUp, unknown
from periderm.flow.rule_packs import PAYLOAD_TYPE, SIGNED, PackState, RulePacks, usable
from periderm.flow.try_rules import Trial, recorded, try_rules
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.model.errors import FormatError, RuleError, UsageError
from periderm.model.event import EventBatch
from periderm.model.event_query import EventQuery
from periderm.model.policy import ResponseKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.ports.documents import Documents
from periderm.ports.history import History
from periderm.ports.sensor import Sensor

Tried = Trial  # what `try` found, for doors to show

LARGEST = 1 << 20
LARGEST_KEY = 64 << 10
EVERYTHING = 1 << 62


class Linted(msgspec.Struct, frozen=True, kw_only=True):
    """A pack's remarks; `rules` is -1 if it could not be read."""

    file: str
    rules: int
    remarks: tuple[Remark, ...]

    @property
    def failed(self) -> bool:
        """Whether the pack would be refused."""
        return any(remark.level is Level.ERROR for remark in self.remarks)


class Tested(msgspec.Struct, frozen=True, kw_only=True):
    """How a pack's own tests went."""

    file: str
    rules: int
    tests: int
    failures: tuple[Failure, ...]


class ListedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A built-in detector or a rule of a pack. `source` is '' for the product's own, else the pack's file."""

    id: str
    title: Text
    severity: Severity
    maturity: Maturity
    techniques: tuple[str, ...]
    source: str = ""
    version: str = ""
    enabled: bool = True
    response: str = ResponseKind.ALERT.value


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """All that judges events here, and the state of each pack."""

    rules: tuple[ListedRule, ...]
    packs: tuple[PackState, ...]


def read_pack(documents: Documents, name: str) -> Pack:
    """A pack that was checked; its tests are not run. Raises NotFoundError, RuleError with line and column, FormatError."""
    return checked(read_rule_pack(documents.read(name, LARGEST), name, (PackKind.RUNTIME,)))


def lint_packs(documents: Documents, names: Sequence[str], now: int) -> tuple[Linted, ...]:
    """Every remark on each pack; what cannot be read is one remark with its place. `now` is Unix nanoseconds."""
    found = []
    for name in names:
        try:
            pack = read_pack(documents, name)
        except RuleError as error:
            found.append(Linted(file=name, rules=-1, remarks=(_remark(error),)))
        except FormatError as error:
            found.append(Linted(file=name, rules=-1, remarks=(Remark(level=Level.ERROR, what=str(error), where=name),)))
        else:
            found.append(Linted(file=name, rules=len(pack.rules), remarks=lint(pack, now)))
    return tuple(found)


def test_packs(documents: Documents, names: Sequence[str]) -> tuple[Tested, ...]:
    """The tests inside of each pack. Raises RuleError, FormatError for a pack that cannot be read."""
    tested = []
    for name in names:
        pack = read_pack(documents, name)
        count = sum(len(rule.tests) for rule in pack.rules)
        tested.append(Tested(file=name, rules=len(pack.rules), tests=count, failures=pack.run_tests()))
    return tuple(tested)


def list_rules(packs: RulePacks, before: Listed | None = None) -> Listed:
    """The built-in detectors, then the rules of all packs, also those that are switched off. `before` is the answer of the
    last time that the same packs were looked at: it holds if no file has changed since."""
    loaded = packs.look()
    if loaded is None and before is not None:
        return before
    rules = [
        ListedRule(
            id=d.spec.id, title=d.spec.title, severity=d.spec.severity, maturity=d.spec.maturity, techniques=d.spec.techniques
        )
        for d in DETECTORS
    ]
    for pack in loaded.packs if loaded else ():
        for rule in pack.rules:
            written = rule.written
            rules.append(
                ListedRule(
                    id=rule.id,
                    title=Text(rule.title, written.title_zh or rule.title),
                    severity=written.severity,
                    maturity=written.maturity,
                    techniques=tuple(place.text for place in written.techniques),
                    source=pack.where,
                    version=pack.written.version if pack.written else "",
                    enabled=written.enabled,
                    response=written.response.value,
                )
            )
    return Listed(rules=tuple(rules), packs=loaded.states if loaded else ())


Progress = Callable[[int], None]


def try_on_history(
    pack: Pack, history: History, asked: EventQuery, look_up: LookUp = unknown, progress: Progress = lambda _: None
) -> Trial:
    """What the pack would have alerted on in what is kept, of all that the question takes. Raises HistoryError."""
    past: Iterable[EventBatch] = history.batches(msgspec.structs.replace(asked, limit=EVERYTHING, newest=False))
    return try_rules(pack, past, look_up, progress)


def try_on_recording(pack: Pack, sensor: Sensor, look_up: LookUp = unknown, progress: Progress = lambda _: None) -> Trial:
    """What the pack would have alerted on in a recording. Raises SensorError, FormatError."""
    return try_rules(pack, recorded(sensor), look_up, progress)


def sign_pack(documents: Documents, name: str, key: str) -> str:
    """Writes the signed pack beside it, as NAME.dsse, and returns its path. Only a pack that would be used is signed.
    Raises SignatureError for a key that cannot sign."""
    if name.endswith(SIGNED):
        raise UsageError(f"{name} is signed already.", "Name the pack itself.")
    data = documents.read(name, LARGEST)
    usable(data, name)
    path = name + SIGNED
    documents.write(path, signing.sign(data, PAYLOAD_TYPE, documents.read(key, LARGEST_KEY)))
    return path


def verify_pack(documents: Documents, name: str, keys: Sequence[bytes]) -> Pack:
    """The pack inside a signed file, if one of the keys signed it. Raises SignatureError."""
    data = signing.verify(documents.read(name, 2 * LARGEST), keys, PAYLOAD_TYPE)
    return usable(data, name.removesuffix(SIGNED))


def example() -> bytes:
    """A pack to begin with."""
    from periderm.app.rules_example import EXAMPLE

    return EXAMPLE.encode()


def _remark(error: RuleError) -> Remark:
    place = f"{error.where}:{error.line}:{error.column}: "
    what = error.what.removeprefix(place)
    return Remark(
        level=Level.ERROR, what=f"{what} {error.next_step}".strip(), where=error.where, line=error.line, column=error.column
    )
