"""What people keep beside their code and a scan honours: exceptions, VEX statements, a licence policy. Judges nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from periderm.model.exception import Exemption
from periderm.model.vulnerability import VexStatement
from periderm.ports.documents import Documents

if TYPE_CHECKING:
    from periderm.algorithms.licences.policy import LicencePolicy

FOLDER = ".periderm"
EXCEPTIONS, LICENCES, TRUST = "exceptions.yaml", "licences.yaml", "trust.yaml"
_MOST = 16 << 20


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Files as a person named them: '' is the usual place, if a file lies there. `folder` is where the code lies, whose
    `.periderm` folder that place is ('' the folder in which the command runs)."""

    exceptions: str = ""
    licences: str = ""
    vex: tuple[str, ...] = ()
    folder: str = ""


def read_exemptions(documents: Documents, named: Named) -> tuple[Exemption, ...]:
    """All of the file, also those that are over. Raises NotFoundError for a file that was named and is not there,
    RuleError with line and column for what is wrong in it."""
    path = _place(documents, named.exceptions, named.folder, EXCEPTIONS)
    if not path:
        return ()
    from periderm.formats.policy_files.exceptions import read_exceptions

    return read_exceptions(documents.read(path, _MOST), path)


def read_policy(documents: Documents, named: Named) -> LicencePolicy | None:
    """The licence policy, None if there is none: then licences are listed and not judged. Raises as `read_exemptions`."""
    path = _place(documents, named.licences, named.folder, LICENCES)
    if not path:
        return None
    from periderm.formats.policy_files.licences import read_licence_policy

    return read_licence_policy(documents.read(path, _MOST), path)


def read_statements(documents: Documents, named: Named) -> tuple[VexStatement, ...]:
    """The statements of all VEX documents that were named. Raises NotFoundError, FormatError."""
    if not named.vex:
        return ()
    from periderm.flow.vex import MOST_BYTES, read_vex

    return tuple(said for path in named.vex for said in read_vex(documents.read(path, MOST_BYTES), where=path))


def _place(documents: Documents, named: str, folder: str, usual: str) -> str:
    """The file that was named, or the usual one if it is there, else ''."""
    path = os.path.join(folder, FOLDER, usual)
    return named or (path if documents.exists(path) else "")
