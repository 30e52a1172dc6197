"""CON-006: a library that hides files or processes from programs that load it, or takes passwords."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind, program
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-006",
        title=Text("Find a library that hides files or takes passwords", "发现隐藏文件或窃取口令的动态库"),
        message=Text(
            "Find a library that hides files or takes passwords: {object}", "发现隐藏文件或窃取口令的动态库：{object}"
        ),
        severity=Severity.CRITICAL,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Treat the machine as taken over: what its programs show may be false. Look from outside, and rebuild.",
            "请视该机器已被攻陷：其程序显示的内容可能不实。应从外部检查并重建。",
        ),
        techniques=(
            "T1574.006",
            "T1014",
        ),
        behaviours=(
            29,
            33,
        ),
        fires=(
            Example(
                program(
                    b"dlsym\x00readdir64\x00readdir\x00fopen64\x00/etc/ld.so.preload\x00/proc/self/fd/%d\x00/proc/%s/stat\x00"
                ),
                "hides processes",
            ),
            Example(
                program(b"dlsym\x00pam_get_item\x00pam_authenticate\x00crypt\x00/etc/ld.so.preload\x00readdir\x00accept\x00"),
                "takes passwords",
            ),
        ),
        quiet=(
            Example(
                program(b"dlsym\x00readdir64\x00opendir\x00"),
                "a library that lists folders",
            ),
            Example(
                program(b"/etc/ld.so.preload\x00/etc/ld.so.cache\x00GLIBC_TUNABLES\x00"),
                "the loader itself",
            ),
            Example(b"LD_PRELOAD is read from /etc/ld.so.preload; dlsym readdir accept", "a text about it"),
        ),
    ),
    quick=((rb"ld\.so\.preload", rb"dlv?sym"),),
    kinds=(Kind.PROGRAM,),
    source=r"""
    strings:
        $elf = { 7F 45 4C 46 }
        $preload = "ld.so.preload"
        $dlsym = /\x00dlv?sym\x00/
        $readdir = /\x00readdir(64)?\x00/
        $list = /\x00(fopen|fopen64|open|open64|__xstat|lstat|stat|unlink|rmdir|access|opendir)\x00/
        $proc = /\/proc\/(self\/fd\/)?%[sd]/
        $pam = /\x00pam_(authenticate|get_item|get_password|sm_authenticate|acct_mgmt)\x00/
        $accept = /\x00accept4?\x00/
        $loader = "ld.so.cache"
    condition:
        $elf at 0 and filesize < 8MB and not $loader and $preload and $dlsym
        and (($readdir and $proc and $list) or ($pam and ($readdir or $accept)))
""",
)
