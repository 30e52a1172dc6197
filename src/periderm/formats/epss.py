"""FIRST's EPSS: how likely each CVE is attacked in the next thirty days, one line each. It explains no score.

Source: first.org/epss/data_stats: a comment line with the model's version, a header, then `cve,epss,percentile`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.model.advisory import Exploitation
from periderm.model.advisory_build import Refused
from periderm.model.errors import FormatError

_LINE = re.compile(rb"(CVE-\d{4}-\d{4,19}),([0-9.eE+-]{1,24}),([0-9.eE+-]{1,24})")


def parse(data: bytes, *, where: str = "") -> Iterator[Exploitation | Refused]:
    """Each line, without CISA's dates. Raises FormatError if there is no header."""
    lines = iter(data.splitlines())
    for line in lines:
        if not line.startswith(b"#") and line.strip():
            if line.strip().lower() != b"cve,epss,percentile":
                raise FormatError("this is no EPSS table: its header is not cve,epss,percentile.", where=where)
            break
    else:
        raise FormatError("this is no EPSS table: it has no header.", where=where)
    for number, line in enumerate(lines, 3):
        match = _LINE.fullmatch(line.strip())
        if match is None:
            if line.strip():
                yield Refused(f"{where}:{number}", "it is not CVE,probability,percentile")
            continue
        probability, percentile = _number(match.group(2)), _number(match.group(3))
        if probability < 0 or percentile < 0:
            yield Refused(f"{where}:{number}", "a likelihood is from 0 to 1")
            continue
        yield Exploitation(cve=match.group(1).decode("ascii"), probability=probability, percentile=percentile)


def _number(text: bytes) -> float:
    """From 0 to 1, -1 for anything else."""
    try:
        value = float(text)
    except ValueError:
        return -1.0
    return value if 0 <= value <= 1 else -1.0
