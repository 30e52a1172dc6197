"""CON-015: a kernel module that hides processes, files or connections. No container brings its own kernel."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind, program
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-015",
        title=Text("Find a kernel module that hides things", "发现隐藏行踪的内核模块"),
        message=Text("Find a kernel module that hides things: {object}", "发现隐藏行踪的内核模块：{object}"),
        severity=Severity.CRITICAL,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Take it away. If it was loaded anywhere, that machine can no longer be believed: install it anew.",
            "移除该文件。若曾在任何机器上加载，则该机器不再可信，应重新安装。",
        ),
        techniques=("T1564.001", "T1554"),
        fires=(
            Example(
                program(
                    b"vermagic=6.1.0 SMP\x00kallsyms_lookup_name\x00__x64_sys_getdents64\x00__x64_sys_kill\x00tcp4_seq_show\x00ftrace_set_filter_ip\x00"
                ),
                "hooks the calls that list files",
            ),
            Example(
                program(
                    b"vermagic=5.10.0\x00sys_call_table\x00kallsyms_lookup_name\x00hide_pid\x00give_root\x00commit_creds\x00"
                ),
                "gives root to who asks",
            ),
        ),
        quiet=(
            Example(program(b"vermagic=6.1.0 SMP\x00register_kprobe\x00netif_rx\x00license=GPL\x00"), "a driver"),
            Example(program(b"kallsyms_lookup_name\x00__x64_sys_getdents64\x00"), "a tracer, which is no module"),
        ),
    ),
    quick=((rb"vermagic=", rb"sys_call_table|__x64_sys_getdents|tcp[46]_seq_show|kallsyms_lookup_name|hide_pid|hide_module"),),
    kinds=(Kind.PROGRAM,),
    source=r"""
    strings:
        $elf = { 7F 45 4C 46 }
        $module = "vermagic="
        $table = "sys_call_table"
        $look = "kallsyms_lookup_name"
        $trace = /ftrace_set_filter_ip|register_ftrace_function|register_kprobe/
        $h1 = /__(x64|ia32|arm64)_sys_getdents(64)?/
        $h2 = /__(x64|ia32|arm64)_sys_kill/
        $h3 = /tcp[46]_seq_show|udp[46]_seq_show/
        $h4 = /(hide|hidden|unhide)_?(pid|proc|module|file|port|self|me)/ nocase
        $h5 = /(give|get|set)_?root/ nocase
        $h6 = "commit_creds"
        $h7 = "filldir64"
    condition:
        $elf at 0 and filesize < 8MB and $module and ($table or $look or $trace) and (3 of ($h*) or (($h1 or $h7) and 1 of ($h2, $h3, $h4)))
""",
)
