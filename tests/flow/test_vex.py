"""VEX documents of whichever form."""

from __future__ import annotations

import json

import pytest

from periderm.flow.vex import MOST_BYTES, read_vex
from periderm.model.errors import FormatError
from tests.formats.csaf.test_vex import document as csaf
from tests.formats.test_cyclonedx_vex import document as cyclonedx
from tests.formats.test_openvex import document as openvex


@pytest.mark.parametrize("make", [openvex, csaf, cyclonedx])
def test_forms_are_told_apart(make: object) -> None:
    """By what they say of themselves."""
    assert callable(make)
    assert {s.vulnerability for s in read_vex(json.dumps(make()).encode(), where="f")} == {"CVE-2099-1"}


def test_others_are_refused() -> None:
    """With the forms that are known; and what is too large before it is read."""
    with pytest.raises(FormatError, match="OpenVEX, CSAF"):
        read_vex(b"{}", where="f")
    with pytest.raises(FormatError, match="larger"):
        read_vex(b" " * (MOST_BYTES + 1))
