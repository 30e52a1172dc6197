"""The table of programs: every row has a sample that it knows, and keeps quiet about the same words elsewhere."""

from __future__ import annotations

import re

import pytest

from periderm.formats.binary.programs import PROGRAMS
from periderm.formats.binary.recognised import read

# program: (file name, what the file holds, version). The words are the programs' own.
SAMPLES: dict[str, tuple[str, bytes, str]] = {
    "python": ("libpython3.11.so.1.0", b"\0(%s, %s)\x003.11.2\0strict", "3.11.2"),
    "pypy": ("libpypy3.9-c.so", b"[PyPy 7.3.11 with GCC", "7.3.11"),
    "node": ("node", b"https://nodejs.org\0node.js/v18.20.4\0", "18.20.4"),
    "deno": ("deno", b"Deno/1.41.0", "1.41.0"),
    "ruby": ("libruby-3.1.so.3.1", b"ruby 3.1.2p20 (2022-04-12 revision 4491bb740a) [x86_64-linux]", "3.1.2"),
    "perl": ("perl", b"RAND_SEED\0v5.36.0\0panic", "5.36.0"),
    "php": ("php-fpm", b"X-Powered-By: PHP/8.2.36\0", "8.2.36"),
    "lua": ("lua5.4", b"$LuaVersion: Lua 5.4.4  Copyright", "5.4.4"),
    "luajit": ("luajit", b"LuaJIT 2.1.0-beta3 -- Copyright", "2.1.0-beta3"),
    "erlang": ("beam.smp", b"\0/usr/src/otp_src_25.3.2.6/erts/emulator", "25.3.2.6"),
    "julia": ("libjulia-internal.so.1.9", b"__init__\x001.9.3\0verify", "1.9.3"),
    "dart": ("dart", b"%s\x003.5.2 (stable) (Wed", "3.5.2"),
    "ghc": ("ghc", b"\0libHSghc-9.0.2-ghc9.0.2.so\0", "9.0.2"),
    "rust": ("rustc", b"rustc version 1.95.0 (f2d3ce0bd 2026-03-21)", "1.95.0"),
    "openjdk": ("java", b"\0openjdk\0java\x000.0\x0017.0.9+9-Debian\0", "17.0.9"),
    "tcl": ("libtcl8.6.so", b"pointerSize\x008.6.13\0tcl_patchLevel\0", "8.6.13"),
    "mono": ("mono-sgen", b"=number\x006.8.0.105\0--version\0", "6.8.0.105"),
    "qemu": ("qemu-arm-static", b"\0qemu-arm version 7.2.22 (Debian", "7.2.22"),
    "bash": ("bash", b"@(#)Bash version 5.2.15(1) release GNU", "5.2.15"),
    "busybox": ("busybox", b"BusyBox v1.36.1 (2023-11-01", "1.36.1"),
    "toybox": ("toybox-x86_64", b"\0toybox 0.8.10\0", "0.8.10"),
    "curl": ("libcurl.so.4.8.0", b"CLIENT libcurl 7.88.1\0libcurl/7.88.1\0", "7.88.1"),
    "wget": ("wget", b"GNU Wget %s\n\0-Wall\x001.21.3\0", "1.21.3"),
    "gzip": ("gzip", b"GNU\0size changed while zipping\n\x001.12\0\0", "1.12"),
    "git": ("git", b"\xffgit/2.39.5\0GIT_USER_AGENT", "2.39.5"),
    "jq": ("jq", b"jq: error: %s\n\x001.6\0DEBUG:", "1.6"),
    "sudo": ("sudo", b"Sudo version %s\n\x001.9.13p3\0Configure", "1.9.13p3"),
    "openssh": ("sshd", b"OpenSSH_2.*,OpenSSH_3*\0OpenSSH_9.2p1 Debian-2\0", "9.2p1"),
    "util-linux": ("getopt", b"%s from %s\n\0util-linux 2.38.1\0", "2.38.1"),
    "xz": ("xz", b"xz (XZ Utils) 5.6.1\0", "5.6.1"),
    "zstd": ("zstd", b"Enabled\0v1.5.4\0Zstandard CLI", "1.5.4"),
    "ffmpeg": ("libavcodec.so.59", b"FFmpeg version 5.1.9-0+deb12u1\0", "5.1.9"),
    "imagemagick": ("libMagickCore-6.Q16.so.6", b"ImageMagick 6.9.11-60 Q16 x86_64", "6.9.11-60"),
    "ghostscript": ("libgs.so.10", b"/usr/share/ghostscript/10.00.0/lib", "10.00.0"),
    "tini": ("tini", b"tini version 0.19.0\n", "0.19.0"),
    "openssl": ("libcrypto.so.3", b"OpenSSL 3.0.22 25 Aug 2026\0", "3.0.22"),
    "libressl": ("libcrypto.so.50", b"LibreSSL 3.7.3\0", "3.7.3"),
    "aws-lc": ("openssl", b"OpenSSL 1.1.1 (compatible; AWS-LC 1.69.0)\0", "1.69.0"),
    "chrome": ("chrome", b"timer\x00156.0.8078.79\0chrome\0", "156.0.8078.79"),
    "swipl": ("swipl", b"/usr/lib/swipl-9.0.4/bin", "9.0.4"),
    "nginx": ("nginx", b"\0nginx version: nginx/1.22.1\n", "1.22.1"),
    "httpd": ("httpd", b"\0Apache/2.4.71 (Unix)\0", "2.4.71"),
    "haproxy": ("haproxy", b"\0 version 2.6.12-1+deb12u4, released 2026/10/17\0", "2.6.12"),
    "lighttpd": ("lighttpd", b"\0lighttpd/1.4.69\0", "1.4.69"),
    "varnish": ("varnishd", b"(varnish-7.1.1 revision 7cee1c58)", "7.1.1"),
    "squid": ("squid", b"in '\0squid/5.7\0", "5.7"),
    "envoy": ("envoy", b"\x001.36.4\0" + b"x" * 300 + b"envoy_reloadable_features", "1.36.4"),
    "redis": ("redis-server", b"err\x007.0.15\0c11-builtin\0", "7.0.15"),
    "valkey": ("valkey-server", b"valkey9.0.0buildkitsandbox-1764887574000000000\0", "9.0.0"),
    "memcached": ("memcached", b"\0memcached 1.6.18\0", "1.6.18"),
    "postgresql": ("postgres", b"\0PostgreSQL 15.20 (Debian", "15.20"),
    "mariadb": ("mariadbd", b"\x0010.11.19-MariaDB\0", "10.11.19"),
    "mysql": ("mysqld", b"/build/release/mysql-8.0.37/mysys/x.cc", "8.0.37"),
    "percona-server": ("mysqld", b"/percona-server-8.0.35-27/", "8.0.35"),
    "mongodb": ("mongod", b"\x006.0.27\0tcmalloc", "6.0.27"),
    "sqlite": ("libsqlite3.so.0.8.6", b"SQLite format 3\0...\x003.40.1\0", "3.40.1"),
    "openldap": ("slapd", b"@(#) $OpenLDAP: slapd 2.5.13+dfsg-5", "2.5.13"),
    "arangodb": ("arangosh", b"\x003.11.4 enterprise [linux]", "3.11.4"),
    "fluent-bit": ("fluent-bit", b"\x003.0.2\0%sFluent Bit v", "3.0.2"),
    "mosquitto": ("mosquitto", b"remapping.\x002.0.11\0mosquitto version %s", "2.0.11"),
    "unbound": ("unbound", b"READY=1\0unbound 1.17.1\0", "1.17.1"),
    "bind": ("named", b"\0BIND 9.18.49-1~deb12u3-Debian", "9.18.49"),
    "dnsmasq": ("dnsmasq", b"\0dnsmasq-2.90\0", "2.90"),
    "exim": ("exim4", b"number>>\x004.96\0<<eximversion>>", "4.96"),
    "dovecot": ("dovecot", b"Dovecot v2.3.19.1 (9b53102964) starting", "2.3.19.1"),
    "vsftpd": ("vsftpd", b"(vsFTPd 3.0.3)", "3.0.3"),
    "proftpd": ("proftpd", b"ProFTPD Version 1.3.8b\0", "1.3.8b"),
    "pure-ftpd": ("pure-ftpd", b"pure-ftpd v1.0.50 [privsep]", "1.0.50"),
    "tor": ("tor", b"\0tor 0.4.9.11\0", "0.4.9.11"),
    "stunnel": ("stunnel4", b"stunnel 5.68 on x86_64-pc-linux-gnu", "5.68"),
    "keepalived": ("keepalived", b"Keepalived v2.2.7 (01/16,2022)", "2.2.7"),
    "freeradius": ("radiusd", b"FreeRADIUS Version 3.2.1, for host", "3.2.1"),
    "openvpn": ("openvpn", b"OpenVPN\0slots\x002.6.14\0client", "2.6.14"),
    "coturn": ("turnserver", b"Coturn-4.6.1 'Gorst'", "4.6.1"),
    "chrony": ("chronyd", b"--help\0--version\x004.3\0", "4.3"),
    "glibc": ("libc.so.6", b"GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n", "2.36"),
    "musl": ("ld-musl-x86_64.so.1", b"musl libc (x86_64)\nVersion %s\0/fd/\x001.2.3\0", "1.2.3"),
    "zlib": ("libz.so.1.2.13", b" inflate 1.2.13 Copyright 1995-2022 Mark Adler ", "1.2.13"),
    "expat": ("libexpat.so.1.8.10", b"\0expat_2.5.0\0", "2.5.0"),
    "bzip2": ("libbz2.so.1.0", b"\x001.0.8, 13-Jul-2019\0", "1.0.8"),
    "libarchive": ("libarchive.so.13", b"libarchive 3.6.2\0", "3.6.2"),
    "libpng": ("libpng16.so.16", b"libpng version 1.6.39\n", "1.6.39"),
    "libjpeg-turbo": ("libjpeg.so.62", b"libjpeg-turbo version 2.1.5 (build", "2.1.5"),
    "libtiff": ("libtiff.so.6", b"LIBTIFF, Version 4.5.0\n", "4.5.0"),
    "libxml2": ("libxml2.so.2.9.14", b"\xff::20914\0\0\0\0\0xmlGetGlobalState: out", "2.9.14"),
    "nghttp2": ("libnghttp2.so.14", b"nghttp2_x\0\xff1.52.0\0", "1.52.0"),
    "gnutls": ("libgnutls.so.30", b"Enabled GnuTLS 3.7.9 logging...", "3.7.9"),
    "wolfssl": ("libwolfssl.so.35", b"\0wolfSSL 5.5.4\0", "5.5.4"),
    "mbedtls": ("libmbedcrypto.so.7", b"\0mbed TLS 2.28.3\0", "2.28.3"),
    "libgcrypt": ("libgcrypt.so.20", b"This is Libgcrypt 1.10.1 - The GNU", "1.10.1"),
    "libssh2": ("libssh2.so.1", b"SSH-2.0-libssh2_1.10.0\0", "1.10.0"),
    "libssh": ("libssh.so.4", b"SSH-2.0-libssh_0.10.6\0", "0.10.6"),
    "krb5": ("libkrb5.so.3", b"KRB5_BRAND: krb5-1.20.1-final 1.20.1", "1.20.1"),
    "mariadb-connector-c": ("libmariadb.so.3", b"HY000\x003.3.20\0MariaDB\0", "3.3.20"),
    "elixir": ("elixir.app", b'{application,elixir,\n [{description,"elixir"},\n  {vsn,"1.14.0"},', "1.14.0"),
    "rabbitmq": ("rabbit.app", b'{application, rabbit,\n [{vsn, "3.12.0"},', "3.12.0"),
    "couchdb": ("couch.app", b'{vsn,"3.3.1"}', "3.3.1"),
    "ejabberd": ("ejabberd.app", b'{vsn,"23.10.0"}', "23.10.0"),
    "emqx": ("emqx.app", b'{vsn,"5.1.0"}', "5.1.0"),
    "wordpress": ("version.php", b"<?php\n$wp_version = '6.4.1';\n", "6.4.1"),
    "nextcloud": ("version.php", b"$OC_VersionString = '27.1.3';", "27.1.3"),
    "drupal": ("Drupal.php", b"  const VERSION = '10.1.6';", "10.1.6"),
}
MORE = [
    ("node", "node", b"\0node v0.10.48\0", "0.10.48"),
    ("node", "node", b"\0v4.9.1\0", "4.9.1"),
    (
        "node",
        "node_version.h",
        b"#define NODE_MAJOR_VERSION 18\n#define NODE_MINOR_VERSION 2\n#define NODE_PATCH_VERSION 0\n",
        "18.2.0",
    ),
    ("python", "libpython3.13.so.1.0", b"\0/opt/python/versions/3.13.0\0", "3.13.0"),
    ("openjdk", "release", b'IMPLEMENTOR="X"\nJAVA_RUNTIME_VERSION="1.8.0_392-b08"\nJAVA_VERSION="1.8.0_392"\n', "1.8.0_392"),
    ("openjdk", "java", b"\x000.0\0\0\x0011.0.22+7-LTS\0\0openjdk\0java\0", "11.0.22"),
    ("erlang", "OTP_VERSION", b"25.2.3\n", "25.2.3"),
    ("openssl", "openssl", b"OpenSSL 1.1.1w  11 Sep 2023\0", "1.1.1w"),
    ("openssl", "libssl.so.10", b"OpenSSL 1.0.2k-fips  26 Jan 2017\0", "1.0.2k"),
    ("nginx", "openresty", b"\0nginx version: openresty/1.21.4.1\n", "1.21.4"),
    ("redis", "redis-server", b"\0redis7.0.14buildkitsandbox-1702957741000000000", "7.0.14"),
    ("postgresql", "postgres", b"\0PostgreSQL 17rc1\0", "17rc1"),
    ("ruby", "ruby", b"ruby 3.4.0preview1 (2024-05-16 revision 9d69619623) [x86_64-linux]", "3.4.0preview1"),
    ("curl", "curl", b"\0curl/8.5.0\0", "8.5.0"),
    ("xz", "liblzma.so.5.6.1", b"lzma_code\0\x005.6.1\0", "5.6.1"),
    ("zstd", "libzstd.so.1", b"ZSTD_x\0\x851.5.4\0", "1.5.4"),
]


def test_every_row_has_a_sample() -> None:
    """A row without one is not proved."""
    assert {program.name for program in PROGRAMS} == set(SAMPLES)


@pytest.mark.parametrize(("name", "file", "content", "version"), [(k, *v) for k, v in SAMPLES.items()] + MORE)
def test_a_sample_is_known(name: str, file: str, content: bytes, version: str) -> None:
    """By name and version, in the middle of other bytes; the same words under another name are another program's."""
    data = content if file in ("OTP_VERSION", "release") else b"\x7fELF" + bytes(range(256)) * 4 + content + b"\0" * 300
    found = [(p.name, p.version) for p in read(data, f"opt/x/{file}").packages]
    assert (name, version) in found
    assert len(found) == 1 or name in ("openssl", "mysql", "percona-server", "mariadb")
    assert not read(b"\x7fELF" + bytes(200), f"opt/x/{file}").packages
    assert not read(data, "opt/x/somebody").packages


def test_every_name_is_one_of_a_purl_and_a_cpe() -> None:
    """Names are lower case words; CPE names are 'vendor:product', their special characters quoted."""
    for program in PROGRAMS:
        assert re.fullmatch(r"[a-z0-9][a-z0-9+.-]*", program.name)
        assert program.evidence
        for cpe in program.cpes:
            assert re.fullmatch(r"(?:[a-z0-9_.-]|\\[/+])+:(?:[a-z0-9_.-]|\\[/+])+", cpe)


def test_no_pattern_runs_away() -> None:
    """Anchors without end and beginnings of versions without end: the places that are looked at are bounded, and no pattern
    backtracks (one that did would not end); what is found is never longer than the window it is searched in."""
    for program in PROGRAMS:
        file = program.files if program.text else SAMPLES[program.name][0]
        for one in program.evidence:
            for data in ((one.anchor + b"1.1.1.1") * 3000, one.anchor + b"1" * 20_000 + b".1" * 20_000):
                assert all(len(package.version) <= 1300 for package in read(data, file).packages)
