"""Bytes of a record as text: paths, addresses, names of Unix sockets. Escapes what is not UTF-8; judges nothing."""

from __future__ import annotations

import ipaddress
import struct

_KNOWN = struct.Struct("<6I4I4Q")


def clean(data: bytes) -> str:
    """A path as text: bytes that are not UTF-8 become \\xNN, so that any writer can print and store them."""
    return data.decode("utf-8", "backslashreplace")


def joined(folder: str, raw: str) -> str:
    """`raw` below `folder`, with . and .. resolved by name only, since the file was not opened."""
    if not raw:
        return folder
    parts: list[str] = []
    for name in f"{folder}/{raw}".split("/"):
        if name == "..":
            if parts:
                parts.pop()
        elif name not in ("", "."):
            parts.append(name)
    return "/" + "/".join(parts)


def address_text(data: bytes) -> str:
    """An IP address of 4 or 16 bytes; an IPv4 address in IPv6 clothes is written as IPv4, since that is where it goes."""
    if len(data) == 16 and data[:12] == b"\0" * 10 + b"\xff\xff":
        data = data[12:]
    if len(data) == 4:
        return f"{data[0]}.{data[1]}.{data[2]}.{data[3]}"
    if len(data) == 16:
        return str(ipaddress.IPv6Address(data))
    return data.hex()


def unix_text(data: bytes) -> str:
    """A path, or an abstract name with a leading @; '' for a socket without a name."""
    if data.startswith(b"\0"):
        name = data[1:].rstrip(b"\0")
        return "@" + clean(name.replace(b"\0", b"@")) if name else ""
    return clean(data.split(b"\0", 1)[0])


def path_text(data: bytes) -> str:
    """A path as it was written, made plain; or a folder, NUL and a path below it. Resolved by name only."""
    folder, separator, name = data.partition(b"\0")
    return joined(clean(folder), clean(name)) if separator else joined("", clean(data))


def question_name(labels: bytes) -> str:
    """The name of a question in lower case, of its labels with their lengths (RFC 1035, 4.1.2); what does not keep the
    form is written as it came."""
    parts: list[str] = []
    at = 0
    while at < len(labels):
        length = labels[at]
        if length > 63 or at + 1 + length > len(labels):
            return clean(labels).lower()
        parts.append(clean(labels[at + 1 : at + 1 + length]))
        at += 1 + length
    return ".".join(parts).lower()


def credentials_text(data: bytes) -> str:
    """struct known of bpf/record.h as words: users, groups, capabilities, namespaces."""
    if len(data) < _KNOWN.size:
        return ""
    uid, euid, suid, gid, egid, sgid, mnt, pid, user, _, permitted, effective, _, _ = _KNOWN.unpack_from(data)
    return (
        f"uid={uid},{euid},{suid} gid={gid},{egid},{sgid} caps={effective:x} permitted={permitted:x} "
        f"mnt={mnt} pid={pid} user={user}"
    )
