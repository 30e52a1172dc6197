"""RUN-032: a program makes memory executable that it has written itself, and is none that is known to compile as it runs.

Packed programs, shellcode and injected code do so; so do Java, browsers, JavaScript engines, regular expressions that are
compiled, and Postgres. An interpreter that does it for an inline script is told.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import NO_FLAGS, Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, Scene, row, runs, scene
from periderm.engines.runtime.situation import WRITABLE, stranger
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventFlag, EventKind, Subject
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_COMPILES = re.compile(
    r"java|javac|jshell|kotlin\w*|scala|node|nodejs|deno|bun|dotnet|mono(-sgen)?|pwsh|julia|luajit[\d.-]*|texluajit\w*|nvim|"
    r"openresty|nginx|angie|haproxy|varnishd|php[\d.]*|php-fpm[\d.]*|php-cgi[\d.]*|apache2|httpd|lighttpd|mariadbd?|mysqld?|"
    r"postgres|postmaster|clickhouse\w*|redis-server|mongod|git(-\w+)?|[efz]?grep|rg|ag|ugrep|less|fish|nmap|"
    r"beam\.smp|erl\w*|elixir|ruby[\d.]*|irb|puma|unicorn|guile[\d.-]*|racket|sbcl|ecl|ghc\w*|gforth|tcc|clang-repl|"
    r"qemu-\w[\w-]*|wine\w*|box(64|86)|fex\w*|valgrind|memcheck-\w+|rr|dynamorio|firecracker|cloud-hypervisor|"
    r"chrome|chromium|headless_shell|firefox\w*|electron|code|slack|webkit\w*|WebKit\w*|epiphany|gnome-shell|gjs\w*|cinnamon|"
    r"plasmashell|kwin_\w+|Xorg|Xwayland|weston|mutter|polkitd|duktape|soffice\.bin|gimp|inkscape|blender|steam\w*|"
    r"suricata|snort|zeek|clamscan|clamd|freshclam|rspamd\w*|unbound|dnsdist|pdns_\w+|knot\w*|kresd|tarantool|wasmtime|wasmer|"
    r"envoy|istio-proxy|graalvm|native-image|R|Rscript|octave\w*|matlab|sage|ollama|llama\w*|python[\d.]*|pypy[\d.]*|uwsgi\w*|gunicorn|"
    r"perl[\d.]*|gdb|lldb|ld\.gold|bpftrace|falco|tetragon|tracee|openscad|v8\w*|d8|jsc|qjs|elasticsearch|kibana|grafana\S*|systemd"
)
_INLINE = re.compile(r"ctypes|mmap|mprotect|\bsyscall\b|DynaLoader|\\x[0-9a-f]{2}\\x|shellcode", re.IGNORECASE)
_INTERPRETERS = frozenset({"python", "pypy", "perl", "ruby", "lua", "php"})
_WRITE, _EXECUTE = 2, 4


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if event.kind is not EventKind.EXEC_MEMORY or process.runtime or context.failed:
        return None
    severity = _severity(context)
    if severity is None:
        return None
    return Verdict(
        object=process.exe,
        severity=severity,
        fill={"where": event.text or Text("memory without a file", "无文件的内存")},
        evidence={"protection": "rwx" if event.arg0 & _WRITE else "r-x"},
    )


def _severity(context: Context) -> Severity | None:  # noqa: PLR0911 -- one answer a line
    process, what = context.process, context.command
    if stranger(process) or process.exe.startswith(WRITABLE):
        return Severity.HIGH if context.contained else Severity.MEDIUM
    if programs.interpreter(what.name) in _INTERPRETERS and _inline(context):
        return Severity.HIGH if context.contained or context.server_shell else Severity.MEDIUM
    if _COMPILES.fullmatch(what.name):
        return None
    if context.server_shell:
        return Severity.HIGH
    if context.event.text and not context.event.text.startswith(("[stack", "[heap", "/memfd:", "/dev/zero")):
        return None  # relocations in a library's text
    if not context.contained:
        return None if context.system_program else Severity.LOW
    # The image's own program: an own runtime is likelier than an attack, so it is told and no more.
    return Severity.LOW if process.package or context.system_program else Severity.MEDIUM


def _inline(context: Context) -> bool:
    """The script came on the command line or by a pipe, and reaches for memory; or it lies where everybody may write."""
    what = context.command
    named = programs.script(what)
    if named:
        return named.startswith(WRITABLE)
    inline = any(a in ("-c", "-e", "-r", "-E") or a.startswith(("-c", "-e")) for a in what.arguments[:4])
    if inline:
        return any(_INLINE.search(text) for text in context.readings)
    return not any(a in ("-m", "-V", "--version") for a in what.arguments[:3]) and _reads_script(context)


def _reads_script(context: Context) -> bool:
    """Nothing names a script, and standard input is a pipe."""
    return context.process.stdin_pipe != 0 and not [a for a in context.command.arguments if not a.startswith("-")]


def _makes(
    exe: str,
    *argv: str,
    on: Subject | None = None,
    text: str = "",
    flags: EventFlag = NO_FLAGS,
    pipes: tuple[int, int] = (0, 0),
) -> Scene:
    event: Event
    if on is not None:
        event = row(EventKind.EXEC_MEMORY, 2, text, arg0=7, on=on)
        return scene(runs(2, 1, exe, *argv, on=on, flags=flags, pipes=pipes), event)
    return scene(runs(2, 1, exe, *argv, flags=flags, pipes=pipes), row(EventKind.EXEC_MEMORY, 2, text, arg0=7))


_CODE = "import ctypes,mmap;m=mmap.mmap(-1,4096,prot=7)"

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-032",
        title=Text("Run code that was written into memory", "执行写入内存的代码"),
        message=Text(
            "{process} in {subject} made {where} executable that it had written.",
            "{subject} 中的 {process} 把自己写入的{where}变为可执行。",
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "A packed program or shellcode unpacks itself so. Find where the program came from; a capture of the "
            "process's memory "
            "shows what it unpacked. If it is a compiler of your own, write an exception for its path.",
            "加壳程序或 shellcode 会这样展开自身。请查明程序来源；抓取进程内存可看到其展开内容。"
            "若是自有的即时编译器，请为其路径写例外。",
        ),
        techniques=("T1027.002", "T1620"),
        behaviours=(32,),
        references=("man:mprotect(2)",),
        fires=(
            Example(_makes("/tmp/x", "x", flags=EventFlag.UPPER), "a dropped program unpacks itself"),
            Example(_makes("/app/tool", "tool"), "an image's own program that no package brought"),
            Example(_makes("/usr/bin/python3.11", "python3", "-c", _CODE), "shellcode in a line of Python"),
            Example(_makes("/usr/bin/python3", "python3", "/dev/shm/a.py"), "a script from where everybody may write"),
            Example(_makes("/usr/bin/perl", "perl", pipes=(77, 0)), "a script from a pipe"),
            Example(_makes("/memfd:a (deleted)", "a", flags=EventFlag.MEMORY_BACKED), "a program that has no file"),
            Example(_makes("/var/tmp/x", "x", on=HOST), "on the host"),
        ),
        quiet=(
            Example(_makes("/usr/lib/jvm/java-17/bin/java", "java", "-jar", "a.jar"), "Java"),
            Example(_makes("/usr/local/bin/node", "node", "server.js"), "node"),
            Example(_makes("/usr/bin/python3.11", "python3", "/app/main.py"), "numba or cffi"),
            Example(
                _makes("/usr/bin/python3", "python3", "-c", "import numpy"), "an inline script that does not reach for memory"
            ),
            Example(_makes("/usr/sbin/nginx", "nginx"), "compiled regular expressions"),
            Example(_makes("/usr/bin/grep", "grep", "-P", "x"), "grep"),
            Example(_makes("/usr/lib/postgresql/15/bin/postgres", "postgres"), "Postgres compiles queries"),
            Example(_makes("/usr/sbin/php-fpm8.2", "php-fpm"), "PHP"),
            Example(_makes("/usr/bin/qemu-system-x86_64", "qemu", on=HOST), "an emulator on the host"),
            Example(_makes("/usr/bin/oldprog", "oldprog", on=HOST), "a program of the distribution on the host"),
        ),
    ),
    interests=(Interest(kinds=(EventKind.EXEC_MEMORY,)),),
    judge=_judge,
)
