"""What must hold of a row besides what an interest looks for: bits of a column, or a port. Values; it looks at no string.

A need keeps away what comes often and matters never, before any object is made: an open for reading, a call that failed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from periderm.model.event import EventFlag, Rows

_O_TRUNC = 0o1000
_INET_OR_INET6 = 2 | 10  # no other family that is told has one of these bits


class Need(NamedTuple):
    """A row meets it if any of these bits of the column is set, or, if not `wanted`, none is. With `ports`, it is met by a
    `port` that is none of these."""

    column: str
    bits: int = 0
    wanted: bool = True
    ports: tuple[int, ...] = ()

    def met(self, rows: Rows) -> npt.NDArray[np.bool_]:
        """For each row whether it is met."""
        if self.ports:
            table = np.ones(65536, np.bool_)
            table[list(self.ports)] = False
            found: npt.NDArray[np.bool_] = table[rows["port"]]
            return found
        column = rows[self.column]
        some: npt.NDArray[np.bool_] = (column & column.dtype.type(self.bits)) != 0
        return some if self.wanted else ~some


WRITES = Need("arg0", 3 | _O_TRUNC)  # of OPEN: for writing, or emptied
SUCCEEDED = Need("flags", int(EventFlag.FAILED), wanted=False)  # also says no to a connect that does not wait
INTERNET = Need("family", _INET_OR_INET6)
NOT_ROOT = Need("uid", 0xFFFFFFFF)
