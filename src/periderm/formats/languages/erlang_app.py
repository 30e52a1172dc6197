"""Installed applications of Erlang and Elixir, as releases hold them: `ebin/NAME.app`. Runs nothing.

The runtime's own applications are told as `otp`, all others by the name of their Hex package; an application of one's own
cannot be told from one of Hex, and is told too. Source: erlang.org, app(4); hex.pm, metadata.
"""

from __future__ import annotations

import re

from periderm.formats.languages import reading
from periderm.formats.languages.found import Found
from periderm.model.errors import FormatError
from periderm.model.image import Origin
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_ATOM = r"'?([A-Za-z][\w@]{0,254})'?"
_HEAD = re.compile(rf"\{{\s*application\s*,\s*{_ATOM}\s*,")
_VERSION = re.compile(r"\{\s*vsn\s*,\s*\"([^\"\\]{1,200})\"")
_PACKAGE = re.compile(r"\{\s*pkg_name\s*,\s*(?:<<)?[\"']?([a-z][\w]{0,254})")
_NEEDS = re.compile(r"\{\s*applications\s*,\s*\[([\w@',\s]{0,20000})\]")
_LICENCES = re.compile(r"\{\s*licenses\s*,\s*\[([^\[\]{}]{0,2000})\]")
_ITEM = re.compile(r"[\w@]+")
_QUOTED = re.compile(r"\"([^\"\\]{1,200})\"")
# erlang.org/doc, applications of Erlang/OTP; hexdocs.pm, applications of Elixir.
RUNTIME = frozenset(
    (
        *("asn1", "common_test", "compiler", "crypto", "debugger", "dialyzer", "diameter", "edoc", "eldap", "erl_interface"),
        *("erts", "et", "eunit", "ftp", "inets", "jinterface", "kernel", "megaco", "mnesia", "observer", "odbc", "os_mon"),
        *("parsetools", "public_key", "reltool", "runtime_tools", "sasl", "snmp", "ssh", "ssl", "stdlib", "syntax_tools"),
        *("tftp", "tools", "wx", "xmerl", "elixir", "eex", "ex_unit", "iex", "logger", "mix"),
    )
)


def accept(path: str) -> bool:
    """Whether it lies where applications keep it."""
    return path.rpartition("/")[0].endswith("/ebin")


def read(data: bytes, path: str) -> FileFacts:
    """One application. Raises FormatError for a file that is none, or has no version."""
    found = Found(path, "hex", Origin.INSTALLED)
    text = reading.decoded(data)
    head = _HEAD.search(text)
    version = _VERSION.search(text, head.end() if head else 0)
    if not head or not version:
        raise FormatError("it names no application, or no version.", where=path)
    package, needs, licences = _PACKAGE.search(text), _NEEDS.search(text), _LICENCES.search(text)
    own = head[1] in RUNTIME
    found.add(
        package[1] if package and not own else head[1],
        version[1],
        kind="otp" if own else "hex",
        licence=" OR ".join(_QUOTED.findall(licences[1])) if licences else "",
        dependencies=_ITEM.findall(needs[1]) if needs else (),
    )
    return found.facts()


FORMAT = PackageFormat(
    id="erlang-app",
    title=Text("Installed Erlang and Elixir applications", "已安装的 Erlang 和 Elixir 应用"),
    read=read,
    suffixes=(".app",),
    accept=accept,
    most=4 * MIB,
)
