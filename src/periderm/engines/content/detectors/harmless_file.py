"""CON-016: the file by which people try whether a scanner looks at all (EICAR). Harmless; somebody put it there."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind, program
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# In pieces, so that no other scanner takes this file for it.
_SIGN = b"".join((rb"X5O!P%@AP[4\PZX54(P^)", b"7CC)7}$EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!$H+H*"))

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-016",
        title=Text("Find the test file of malware scanners", "发现恶意软件扫描器的测试文件"),
        message=Text(
            "Find the test file of malware scanners (EICAR): {object}", "发现恶意软件扫描器的测试文件（EICAR）：{object}"
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "It does nothing, and shows that files are looked at. If this was no test, ask who may write there; then delete it.",
            "该文件无害，说明文件确实被检查。若并非测试，请查明谁能写入此处，然后删除。",
        ),
        techniques=("T1204.003",),
        fires=(
            Example(_SIGN, "the 68 characters"),
            Example(_SIGN + b"\r\n", "an editor added a line end"),
        ),
        quiet=(
            Example(b"The file begins with " + _SIGN + b"\n", "a manual that shows it"),
            Example(_SIGN + b" is how the test file begins\n", "a text that begins with it"),
            Example(_SIGN + b" " * 61, "longer than it may be"),
            Example(program(_SIGN), "a scanner that knows it"),
        ),
    ),
    quick=((rb"7CC\)7\}\$EICAR-STANDARD-",),),
    kinds=(Kind.TEXT, Kind.SCRIPT),
    # The definition: 68 characters at the beginning, then white space only, 128 bytes in all (www.eicar.org).
    source=r"""
    strings:
        $sign = /X5O!P%@AP\[4\\PZX54\(P\^\)7CC\)7\}\$EICAR\-STANDARD\-[A]NTIVIRUS\-TEST\-FILE!\$H\+H\*[ \t\r\n\x1a]*$/
    condition:
        filesize >= 68 and filesize <= 128 and $sign at 0
""",
)
