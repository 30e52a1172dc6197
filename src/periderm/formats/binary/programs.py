"""The table of programs that are known by their content: one row each. Matches nothing itself (recognised.py does).

A row says which file names to look into, which bytes to look for, and around them the version: `<v>` stands for two to
four numbers, `<1>` for what the file name gave. Where several groups match, they are the parts of the version. The
strings are the programs' own; each was seen in a real program, or is what other scanners' documentation tells of it.
CPE names are 'vendor:product' of NVD's dictionary; the first is the usual one.
"""

from __future__ import annotations

from periderm.formats.binary.rows import at, row, text, within

_OPENSSL = at(
    b"OpenSSL ", rb"OpenSSL (\d\.\d\.\d+(?:[a-z]{1,2}|-(?:alpha|beta|pre)\d{1,2}|-dev)?)(?:-fips)? +\d\d? [A-Z][a-z]{2} 20"
)
_LIBRESSL = at(b"LibreSSL ", rb"LibreSSL (\d\.\d{1,2}\.\d{1,2})\0")
_RUBY = at(b" revision ", rb"ruby (\d\.\d{1,2}\.\d{1,2}(?:-?(?:preview|rc|dev)\d?)?)(?:p\d+)? \(20", 40)
_MARIADB = at(b"-MariaDB", rb"(\d{1,2}\.\d{1,2}\.\d{1,3})-MariaDB", 12)
_FFMPEG = at(b"FFmpeg version ", rb"FFmpeg version n?<v>")
_VSN = at(b"{vsn,", rb"\{vsn,\s{0,8}\"(\d+(?:\.\d+){1,3}(?:-[a-z0-9.]{1,16})?)\"\}")

LANGUAGES = (
    row(
        "python",
        r"(?:lib)?python(\d\.\d{1,2})[a-z]?(?:\.so.*)?",
        "python:python",
        at(b"<1>.", rb"[\0/-](<1>\.\d+[a-z0-9]*)\+?\0", 1),
    ),
    row("pypy", r"libpypy.*\.so.*|pypy[\d.]*", "pypy:pypy", at(b"[PyPy ")),
    row(
        "node",
        r"node|nodejs|libnode\.so.*",
        "nodejs:node.js",
        at(b"node.js/v"),
        at(b"\0node v", rb"\0node v(0\.\d+\.\d+)\0"),
        *(at(b"\0v%d." % major, rb"\0v(%d\.\d+\.\d+)\0" % major) for major in (4, 5, 6)),
    ),
    row("deno", r"deno", "deno:deno", at(b"Deno/")),
    row("ruby", r"ruby[\d.]*|libruby.*\.so.*", "ruby-lang:ruby", _RUBY),
    row("perl", r"perl(?:5[\d.]*)?|libperl\.so.*", "perl:perl", at(b"\0v5.", rb"\0v(5\.\d+\.\d+)\0")),
    row(
        "php",
        r"php[\d.]*|php-(?:cgi|fpm)[\d.]*|libphp[\d.]*\.so",
        "php:php",
        at(b"X-Powered-By: PHP/", rb"PHP/(\d\.\d+\.\d+(?:(?:alpha|beta|RC)\d+)?)"),
    ),
    row("lua", r"luac?[\d.]*|liblua[\d.-]*\.so.*", "lua:lua", at(b"Lua: Lua "), at(b"$LuaVersion: Lua ")),
    row("luajit", r"luajit.*|libluajit.*\.so.*", "luajit:luajit", at(b"LuaJIT 2.", rb"LuaJIT (2\.\d\.\d+(?:-beta\d)?)")),
    row(
        "erlang",
        r"beam(?:\.smp)?|erlexec",
        "erlang:erlang\\/otp",
        at(b"/src/otp_src_", rb"/otp_src_(\d+(?:\.\d+){1,3}(?:-rc\d)?)/erts/"),
        at(b"/src/otp-", rb"/src/otp-(\d+(?:\.\d+){1,3}(?:-rc\d)?)/erts/"),
    ),
    row("julia", r"libjulia-internal\.so.*", "julialang:julia", at(b"__init__\0", rb"__init__\0<v>\0verify")),
    row(
        "dart",
        r"dart|dartaotruntime",
        "dart:dart_software_development_kit",
        at(b" (stable)", rb"\0(\d\.\d+\.\d+) \(stable\)", 16),
    ),
    row("ghc", r"ghc(?:-\d.*)?", "haskell:ghc", at(b"\0GHC "), at(b"libHSghc-", rb"libHSghc-<v>-")),
    row("rust", r"rustc|libstd-[0-9a-f]{16}\.so|librustc_driver-.*\.so", "rust-lang:rust", at(b"rustc version ")),
    row(
        "openjdk",
        r"java",
        "oracle:openjdk",
        at(b"\0openjdk\0java\0", rb"\0openjdk\0java\0[\d.]+\0(\d+(?:\.\d+)*(?:_\d+)?)"),
        at(b"\0openjdk\0java\0", rb"\0[\d.]+\0{1,8}(\d+(?:\.\d+)*(?:_\d+)?)[+-][^\0]{1,60}\0{1,8}openjdk\0java", 120),
    ),
    row("tcl", r"libtcl[\d.]+\.so.*|tclsh[\d.]*", "tcl:tcl", at(b"\0tcl_patchLevel", rb"\0([89]\.\d\.\d+)\0tcl_", 16)),
    row(
        "mono", r"mono(?:-sgen|-boehm)?", "mono-project:mono", at(b"\0--version\0", rb"\0(\d\.\d+\.\d+\.\d+)\0--version\0", 24)
    ),
    row("qemu", r"qemu-.*", "qemu:qemu", at(b" version ", rb"qemu-[a-z0-9_-]{1,20} version <v>", 32)),
)

SHELLS_AND_TOOLS = (
    row("bash", r"r?bash", "gnu:bash", at(b"@(#)Bash version ")),
    row("busybox", r"busybox.*|sh|ash", "busybox:busybox", at(b"BusyBox v")),
    row("toybox", r"toybox.*", "landley:toybox", at(b"\0toybox ")),
    row("curl", r"curl", "haxx:curl", at(b"curl/", rb"[^b]curl/<v>", 1)),
    row("wget", r"wget", "gnu:wget", within(b"GNU Wget", rb"\0(1\.\d\d(?:\.\d+)?)\0")),
    row("gzip", r"gzip", "gnu:gzip", within(b"GNU", rb"\0(1\.\d{1,2})\0")),
    row("git", r"git", "git-scm:git", at(b"git/", rb"[^a-z]git/<v>", 1)),
    row("jq", r"jq", "jqlang:jq", within(b"jq: error", rb"\0(1\.\d+(?:\.\d+)?(?:rc\d)?)\0")),
    row("sudo", r"sudo", "sudo_project:sudo", at(b"Sudo version %s\n\0", rb"\n\0(\d\.\d+\.\d+(?:p\d+)?)\0")),
    row(
        "openssh",
        r"sshd?",
        "openbsd:openssh",
        at(b"OpenSSH_", rb"OpenSSH_(\d+\.\d+p\d)"),
    ),
    row("util-linux", r"getopt", "kernel:util-linux", at(b"util-linux ", rb"\0util-linux <v>", 1)),
    row("xz", r"xz", "tukaani:xz", at(b"xz (XZ Utils) ")),
    row("zstd", r"zstd", "facebook:zstandard", at(b"\0v1.", rb"\0v(1\.\d+\.\d+)\0")),
    row(
        "ffmpeg",
        r"ffmpeg|ffprobe|libav.*\.so.*|libswresample.*\.so.*",
        "ffmpeg:ffmpeg",
        _FFMPEG,
        at(b"%s version ", rb"%s version n?<v>"),
    ),
    row(
        "imagemagick",
        r"libMagickCore-.*\.so.*|magick",
        "imagemagick:imagemagick",
        at(b"ImageMagick ", rb"ImageMagick (\d\.\d\.\d+(?:-\d+)?)"),
    ),
    row("ghostscript", r"libgs\.so.*|gs|gsc?", "artifex:ghostscript", at(b"/ghostscript/", rb"/ghostscript/<v>/")),
    row("tini", r"tini.*|docker-init", "krallin:tini", at(b"tini version ")),
    row("openssl", r"openssl|libcrypto\.so.*|libssl\.so.*", "openssl:openssl", _OPENSSL),
    row("libressl", r"openssl|libcrypto\.so.*|libssl\.so.*|libtls\.so.*", "openbsd:libressl", _LIBRESSL),
    row("aws-lc", r"openssl|libcrypto\.so.*|bssl", "amazon:aws_libcrypto", at(b"AWS-LC ", rb"AWS-LC <v>\)")),
    row(
        "chrome",
        r"chrome|headless_shell|chromium",
        "google:chrome",
        *(at(b"\0" + word, rb"\0(\d+\.\d+\.\d+\.\d+)\0" + word, 24) for word in (b"Default", b"chrome\0")),
    ),
    row("swipl", r"swipl|libswipl\.so.*", "swi-prolog:swi-prolog", at(b"swipl-", rb"swipl-<v>/")),
)

SERVERS = (
    row(
        "nginx",
        r"nginx(?:-debug)?|openresty|angie|freenginx",
        "f5:nginx nginx:nginx",
        at(b"nginx version: ", rb"nginx version: [A-Za-z-]{3,12}/(\d+\.\d+\.\d+)"),
    ),
    row("httpd", r"httpd|apache2", "apache:http_server", at(b"Apache/", rb"Apache/(\d\.\d\.\d+)")),
    row(
        "haproxy",
        r"haproxy",
        "haproxy:haproxy",
        at(b", released 20", rb"version (\d\.\d(?:\.|-dev|-rc)\d+)[^\0,]{0,40}, released 20", 64),
        at(b"HA-Proxy version ", rb"HA-Proxy version (\d\.\d(?:\.|-dev)\d+)"),
    ),
    row("lighttpd", r"lighttpd", "lighttpd:lighttpd", at(b"lighttpd/")),
    row(
        "varnish", r"varnishd|libvarnishapi\.so.*", "varnish-software:varnish_cache", at(b"varnish-", rb"varnish-<v> revision")
    ),
    row("squid", r"squid", "squid-cache:squid", at(b"\0squid/")),
    row("envoy", r"envoy", "envoyproxy:envoy", at(b"envoy_reloadable_features", rb"\0(1\.\d\d\.\d+(?:-dev)?)\0", 1000)),
    row(
        "redis",
        r"redis-(?:server|check-rdb)",
        "redis:redis redislabs:redis",
        at(b"-builtin\0", rb"\0<v>\0(?:c11|atomic|sync)-builtin\0", 32),
        at(b"buildkitsandbox-", rb"[^\d.](\d\.\d+\.\d+)buildkitsandbox-\d", 16),
        at(b"Redis version ", rb"Redis version <v>"),
    ),
    row(
        "valkey",
        r"valkey-server",
        "lfprojects:valkey linuxfoundation:valkey",
        at(b"buildkitsandbox-", rb"[^\d.](\d\.\d+\.\d+)buildkitsandbox-\d", 16),
    ),
    row("memcached", r"memcached", "memcached:memcached", at(b"memcached ")),
    row(
        "postgresql",
        r"postgres",
        "postgresql:postgresql",
        at(b"PostgreSQL ", rb"[\0?]PostgreSQL (\d+(?:\.\d+){0,2}(?:(?:alpha|beta|rc)\d)?)", 1),
    ),
    row("mariadb", r"mariadbd?|mysqld?", "mariadb:mariadb", _MARIADB),
    row("mysql", r"mysqld?|mysqlsh", "oracle:mysql", at(b"/mysql-", rb"/mysql-(\d\.\d+\.\d+)[-/]")),
    row("percona-server", r"mysqld?", "percona:percona_server oracle:mysql", at(b"/percona-server-")),
    row(
        "mongodb",
        r"mongo[ds]?",
        "mongodb:mongodb",
        *(at(b"\0" + word, rb"(\d\.\d+\.\d+)\0+" + word, 32) for word in (b"tcmalloc", b"heap_size", b"cppdefines")),
    ),
    row("sqlite", r"sqlite3?|libsqlite3\.so.*", "sqlite:sqlite", within(b"SQLite format 3", rb"\0(3\.\d{1,2}\.\d{1,2})\0")),
    row(
        "openldap",
        r"slapd|ldapsearch|libldap.*\.so.*",
        "openldap:openldap",
        at(b"$OpenLDAP: ", rb"\$OpenLDAP: [\w.]+ <v>"),
    ),
    row(
        "arangodb",
        r"arangod|arangosh",
        "arangodb:arangodb",
        at(b" [linux]", rb"(\d\.\d+\.\d+(?:-\d)?) (?:enterprise )?\[linux\]", 40),
    ),
    row(
        "fluent-bit",
        r"fluent-bit",
        "treasuredata:fluent_bit",
        at(b"Fluent Bit", rb"\0<v>\0{1,3}(?:\x1b\[1m\0)?(?:%s)?Fluent", 40),
    ),
    row("mosquitto", r"mosquitto", "eclipse:mosquitto", at(b"\0mosquitto version %s", rb"\0<v>\0mosquitto version", 16)),
    row("unbound", r"unbound", "nlnetlabs:unbound", at(b"\0unbound ", rb"\0unbound <v>\0")),
    row("bind", r"named", "isc:bind", at(b"BIND 9.", rb"BIND (9\.\d+\.\d+)")),
    row("dnsmasq", r"dnsmasq", "thekelleys:dnsmasq", at(b"\0dnsmasq-")),
    row("exim", r"exim4?", "exim:exim", at(b"\0<<eximversion>>", rb"\0<v>\0<<exim", 16)),
    row("dovecot", r"dovecot", "dovecot:dovecot", at(b"Dovecot v")),
    row("vsftpd", r"vsftpd", "vsftpd_project:vsftpd", at(b"vsFTPd ")),
    row("proftpd", r"proftpd", "proftpd:proftpd", at(b"ProFTPD Version ", rb"ProFTPD Version (\d\.\d\.\d+[a-z]?)")),
    row("pure-ftpd", r"pure-ftpd", "pureftpd:pure-ftpd", at(b"pure-ftpd v")),
    row("tor", r"tor", "torproject:tor", at(b"\0tor 0.", rb"\0tor (0\.\d\.\d+\.\d+)")),
    row("stunnel", r"stunnel[45]?", "stunnel:stunnel", at(b"stunnel 5.", rb"stunnel (5\.\d+) on ")),
    row("keepalived", r"keepalived", "keepalived:keepalived", at(b"Keepalived v")),
    row("freeradius", r"(?:free)?radiusd?", "freeradius:freeradius", at(b"FreeRADIUS Version ")),
    row("openvpn", r"openvpn", "openvpn:openvpn", within(b"OpenVPN", rb"\0(2\.\d\.\d+)\0")),
    row("coturn", r"turnserver", "coturn_project:coturn", at(b"Coturn-")),
    row("chrony", r"chronyd", "tuxfamily:chrony", at(b"--version\0", rb"--version\0<v>\0")),
)

LIBRARIES = (
    row("glibc", r"libc\.so\.6|libc-2\.\d+\.so", "gnu:glibc", at(b"GNU C Library", rb"release version <v>")),
    row(
        "musl",
        r"ld-musl-.*\.so\.1|libc\.musl-.*|libc\.so",
        "musl-libc:musl",
        within(b"musl libc", rb"\0(1\.\d\.\d+)(?:-git[^\0]{0,30})?\0"),
    ),
    row("curl", r"libcurl(?:-gnutls)?\.so.*", "haxx:libcurl", at(b"libcurl/")),
    row("zlib", r"libz\.so.*", "zlib:zlib", at(b" inflate ", rb" inflate <v> Copyright")),
    row("expat", r"libexpat\.so.*", "libexpat_project:libexpat", at(b"expat_", rb"\0expat_<v>\0", 1)),
    row("xz", r"liblzma\.so.*", "tukaani:xz", within(b"lzma_", rb"\0(5\.\d+\.\d+)(?:alpha|beta)?\0")),
    row("zstd", r"libzstd\.so.*", "facebook:zstandard", within(b"ZSTD_", rb"(1(?<![\d.]1)\.\d\.\d{1,2})\0")),
    row(
        "bzip2",
        r"libbz2\.so.*",
        "bzip:bzip2",
        at(b", 13-Jul-2019", rb"(1\.0\.\d+), ", 8),
        at(b", 6-Sept-2010", rb"(1\.0\.\d+), ", 8),
    ),
    row("libarchive", r"libarchive\.so.*", "libarchive:libarchive", at(b"libarchive 3", rb"libarchive <v>")),
    row("libpng", r"libpng\d*\.so.*", "libpng:libpng", at(b"libpng version ")),
    row("libjpeg-turbo", r"lib(?:turbo)?jpeg\.so.*", "libjpeg-turbo:libjpeg-turbo", at(b"libjpeg-turbo version ")),
    row("libtiff", r"libtiff\.so.*", "libtiff:libtiff", at(b"LIBTIFF, Version ")),
    row(
        "libxml2",
        r"libxml2\.so.*",
        "xmlsoft:libxml2",
        at(b"xmlGetGlobalState", rb"\0*:*(2)(\d\d)(\d\d)\0", 40),
        at(b"::2", rb"::(2)(\d\d)(\d\d)\0"),
    ),
    row("nghttp2", r"libnghttp2\.so.*", "nghttp2:nghttp2", within(b"nghttp2_", rb"(1(?<![\d.]1)\.\d{1,2}\.\d{1,2})\0")),
    row("gnutls", r"libgnutls\.so.*", "gnu:gnutls", at(b"Enabled GnuTLS ")),
    row("wolfssl", r"libwolfssl\.so.*", "wolfssl:wolfssl", at(b"\0wolfSSL ", rb"\0wolfSSL <v>\0")),
    row("mbedtls", r"libmbedcrypto\.so.*", "arm:mbed_tls", at(b"bed TLS ", rb"[mM]bed TLS <v>", 1)),
    row("libgcrypt", r"libgcrypt\.so.*", "gnupg:libgcrypt", at(b"This is Libgcrypt ")),
    row("libssh2", r"libssh2\.so.*", "libssh2:libssh2", at(b"SSH-2.0-libssh2_")),
    row("libssh", r"libssh\.so.*", "libssh:libssh", at(b"SSH-2.0-libssh_")),
    row("krb5", r"libkrb5\.so.*", "mit:kerberos_5", at(b"KRB5_BRAND: ", rb"KRB5_BRAND: krb5-<v>")),
    row(
        "mariadb-connector-c",
        r"libmariadb\.so.*",
        "mariadb:connector\\/c",
        at(b"\0MariaDB\0", rb"\0(3\.\d\.\d+)\0MariaDB\0", 16),
    ),
)

TEXTS = (
    text("openjdk", "release", "oracle:openjdk", at(b'JAVA_VERSION="', rb'(?:^|\n)JAVA_VERSION="(\d+(?:\.\d+)*(?:_\d+)?)', 1)),
    text("erlang", "OTP_VERSION", "erlang:erlang\\/otp", within(b"", rb"\A(\d+(?:\.\d+){1,3})\s*\Z")),
    text("elixir", "elixir.app", "elixir-lang:elixir", _VSN),
    text("rabbitmq", "rabbit.app", "vmware:rabbitmq", _VSN),
    text("couchdb", "couch.app", "apache:couchdb", _VSN),
    text("ejabberd", "ejabberd.app", "process-one:ejabberd", _VSN),
    text("emqx", "emqx.app", "emqx:emqx", _VSN),
    text(
        "node",
        "node_version.h",
        "nodejs:node.js",
        at(
            b"#define NODE_MAJOR_VERSION ",
            rb"NODE_MAJOR_VERSION (\d+)\s{1,4}#define NODE_MINOR_VERSION (\d+)\s{1,4}#define NODE_PATCH_VERSION (\d+)",
        ),
    ),
    text(
        "wordpress",
        "version.php",
        "wordpress:wordpress",
        at(b"$wp_version = '", rb"\$wp_version = '(\d+\.\d+(?:\.\d+)?)[^']{0,20}';"),
    ),
    text("nextcloud", "version.php", "nextcloud:nextcloud_server", at(b"$OC_VersionString = '", rb"\$OC_VersionString = '<v>")),
    text("drupal", "Drupal.php", "drupal:drupal", at(b"const VERSION = '", rb"const VERSION = '<v>")),
)

PROGRAMS = LANGUAGES + SHELLS_AND_TOOLS + SERVERS + LIBRARIES + TEXTS
