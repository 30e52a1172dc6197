"""Baselines as signed files: written for people and version control, read again after checking who signed.

An import is a person's decision, with a reason and an undo; it adds what is normal there, and never takes away what is
normal here. The signature is the file's last line, a comment, so that the rest stays plain YAML.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import msgspec

from periderm.algorithms.signing import Envelope, Signature, key_id, sign, verify
from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.baseline_decisions import record
from periderm.app.baselines import normal, show_baseline
from periderm.engines.baseline.accepted import stands_for
from periderm.formats.baseline_files.reading import read
from periderm.formats.baseline_files.writing import write
from periderm.formats.plain_yaml import load
from periderm.model.baseline import Baseline, Entry, Verdict
from periderm.model.errors import NotFoundError, SignatureError, UsageError
from periderm.model.principal import Permission, Principal
from periderm.model.timestamps import rfc3339

KIND = "application/vnd.periderm.baseline+yaml"
LARGEST = 8 << 20
_MARK = b"# signature: "
_HEAD = """Periderm: what is normal for the workload {name}, exported {time}.
Read, compare (periderm baseline diff), keep in version control, carry (periderm baseline import).
A changed file needs a new signature: its last line is Ed25519 over all lines before it (DSSE)."""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, or would do: `added` was not normal here before. `signer` is the key's id, '' for a file that
    nobody signed."""

    workload_id: str
    name: str
    signer: str
    added: tuple[Entry, ...]
    known: int
    decision: str = ""


def export_baseline(app: Application, who: Principal, reference: str, key: bytes = b"") -> bytes:
    """The file, signed if there is a key (Ed25519, PEM). Raises NotFoundError, SignatureError."""
    baseline = show_baseline(app, who, reference)
    note(app, who, "baseline.export", baseline.workload_id)
    told = _HEAD.format(name=baseline.name or baseline.workload_id, time=rfc3339(app.clock.now()))
    body = write(baseline, told)
    if not key:
        return body
    (made,) = msgspec.json.decode(sign(body, KIND, key), type=Envelope).signatures
    return body + _MARK + f"{made.keyid} {made.sig}\n".encode()


def read_baseline(data: bytes, keys: Sequence[bytes], *, where: str = "") -> tuple[Baseline, str]:
    """The baseline of a file, and the id of the key that signed it. Without `keys` nothing is checked and the id is ''.
    Raises SignatureError, FormatError, LimitError."""
    body, mark, line = data.rpartition(_MARK)
    signer = ""
    if keys:
        if not mark:
            raise SignatureError("The file is not signed.", "Export it again, or import it with --unsigned.")
        signature = line.decode("ascii", "replace").split()[-1:]
        made = Envelope(base64.b64encode(body).decode(), KIND, (Signature("".join(signature)),))
        envelope = msgspec.json.encode(made)
        for key in keys:
            signer = signer or (key_id(key) if _signed(envelope, key) else "")
        if not signer:
            verify(envelope, keys, KIND)  # says why
    return read(load(body if mark else data, where=where), where=where), signer


def import_baseline(
    app: Application,
    who: Principal,
    given: tuple[Baseline, str],
    *,
    workload: str = "",
    whole: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Makes normal here what is normal in a baseline that `read_baseline` gave. `workload` names whose it is to be (default:
    the workload of the file). `whole` takes evidence and decisions over too, as after a loss. Raises UsageError."""
    require(who, Permission.POLICY)
    baseline, signer = given
    here = _here(app, who, workload, baseline)
    there = msgspec.structs.replace(baseline, workload_id=here.workload_id, name=here.name)
    before = normal(here)
    exact = {entry.behaviour for entry in before}
    patterns = [b for b in exact if "*" in b.program or "*" in b.value]
    told = normal(there)
    added = tuple(
        e for e in told if e.behaviour not in exact and not any(stands_for(pattern, e.behaviour) for pattern in patterns)
    )
    decision = ""
    if not dry_run and whole:
        with app.store.transaction():
            app.store.put_baselines([there])
            note(app, who, "baseline.import", here.workload_id, f"the whole of {baseline.name or baseline.workload_id}")
    elif not dry_run and added:
        by = f"signed by {signer[:16]}" if signer else "not signed"
        reason = f"imported from the baseline of {baseline.name or baseline.workload_id}, {by}"
        if app.store.baseline(here.workload_id) is None:
            app.store.put_baselines([here])
        decision = record(app, who, here, tuple(e.behaviour for e in added), verdict=Verdict.ACCEPT, reason=reason).id
    return Imported(
        workload_id=here.workload_id,
        name=here.name,
        signer=signer,
        added=added,
        known=len(told) - len(added),
        decision=decision,
    )


def _here(app: Application, who: Principal, workload: str, baseline: Baseline) -> Baseline:
    """The baseline that it is to be added to; an empty one if there is none yet."""
    if workload:
        return show_baseline(app, who, workload)
    if not baseline.workload_id:
        raise UsageError("The file names no workload.", "Say whose it is: --for WORKLOAD.")
    try:
        return show_baseline(app, who, baseline.workload_id)
    except NotFoundError:
        return Baseline(workload_id=baseline.workload_id, name=baseline.name)


def _signed(envelope: bytes, key: bytes) -> bool:
    try:
        verify(envelope, [key], KIND)
    except SignatureError:
        return False
    return True
