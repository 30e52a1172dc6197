"""RUN-012: somebody looks for keys, passwords and cloud credentials: by a search tool's words, or by trying file after file.

One program that reads its own credential file is not meant; trying many kinds of them is.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, paths, programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FINDERS = frozenset(
    """
    find grep egrep fgrep zgrep rgrep pcregrep pcre2grep rg ag ack ack-grep ugrep git locate plocate mlocate updatedb
    awk gawk mawk sed strings fd fdfind ripgrep bfs xargs perl python ruby ls
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_HUNTERS = frozenset(
    """
    trufflehog gitleaks detect-secrets lazagne laZagne.py mimipenguin linpeas.sh linpeas linenum.sh LinEnum.sh lse.sh
    swaks truffleHog noseyparker whispers shhgit keyfinder peirates deepce.sh
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
# Words that nobody looks for but who looks for credentials.
_WORDS = (
    r"BEGIN[ \\s.+_\[\]-]*(?:RSA|DSA|EC|OPENSSH|PGP|ENCRYPTED|PRIVATE)|PRIVATE.KEY|PRIVATE$"
    r"|aws_(?:access_key|secret|session)|aws_secret|secret_?access_?key|AKIA|ASIA\[|ghp_|xox[bp]|AIza"
    r"|(?:azure|google|gcp|gcloud|digitalocean|heroku|slack|github|gitlab|stripe)[_.-]?(?:token|secret|key|credential)"
    r"|(?<![a-z])id_(?:rsa|dsa|ecdsa|ed25519)|authorized_keys|known_hosts|\.pem\b|\.ppk\b|\.p12\b|\.pfx\b|\.jks\b"
    r"|\.keystore\b|\.kdbx?\b|\.ovpn\b"
    r"|\.aws\b|\.kube\b|kubeconfig|\.netrc\b|\.pgpass\b|\.my\.cnf\b|\.git-credentials|\.npmrc\b|\.pypirc\b|\.htpasswd"
    r"|\.docker/config\.json|\.dockercfg"
    r"|credentials(?:\.(?:json|xml|csv|db)|$|\W)|accessTokens\.json|application_default_credentials|wp-config\.php"
    r"|\.vault-token|\.azure\b|\.gnupg\b"
    r"|(?<![a-z])(?:pass|password|passwd|passwort|pwd|secret|token|api_?key)s?(?![a-z/])"
)
_SOUGHT = re.compile(_WORDS, re.IGNORECASE)
_HARMLESS = re.compile(r"/etc/passwd$|getent passwd|nopasswd|passwd_?file|/usr/share/|^--?pass(?:word)?-", re.IGNORECASE)
_STRONG = re.compile(
    r"BEGIN|PRIVATE|aws_|secret_?access|AKIA|id_(?:rsa|dsa|ecdsa|ed25519)|\.pem|\.kube|\.aws|\.kdb|\.git-cred|\.netrc|\.pgpass",
    re.IGNORECASE,
)
_WIDE = re.compile(r"-(?>[^\WrR]*[rR])\w*+$|--recursive|^/$|^/(?:root|home|etc|opt|srv|var|usr|mnt|app|data|tmp|proc)?/?$")

# Files with credentials, by kind: opening many kinds in a minute is a search.
_KINDS: dict[str, str] = {
    "ssh": r".*/\.ssh/(?:id_[a-z0-9_]+|identity|authorized_keys|[\w.-]+\.pem)|/etc/ssh/ssh_host_[a-z0-9]+_key",
    "aws": r".*/\.aws/(?:credentials|config)|.*/\.boto|.*/\.s3cfg|.*/\.passwd-s3fs",
    "google": r".*/\.config/gcloud/.*|.*/application_default_credentials\.json",
    "azure": r".*/\.azure/.*",
    "kube": r".*/\.kube/config|/etc/kubernetes/.*\.conf|.*/serviceaccount/(?:\.\.[^/]*/)?token",
    "docker": r".*/\.docker/config\.json|.*/\.dockercfg|.*/containers/auth\.json",
    "netrc": r".*/\.netrc|.*/_netrc|.*/\.curlrc|.*/\.wgetrc",
    "git": r".*/\.git-credentials|.*/\.config/gh/hosts\.yml|.*/\.gitconfig",
    "packages": r".*/\.npmrc|.*/\.pypirc|.*/\.gem/credentials|.*/\.m2/settings\.xml|.*/\.cargo/credentials(?:\.toml)?",
    "databases": r".*/\.pgpass|.*/\.my\.cnf|.*/\.mylogin\.cnf|.*/\.rediscli_auth|.*/\.mongorc\.js",
    "vault": r".*/\.vault-token|.*/\.terraformrc|.*/\.terraform\.d/credentials\.tfrc\.json|.*/terraform\.tfstate",
    "history": r".*/\.(?:bash|zsh|sh|mysql|psql|python|redis|ash|rediscli)_history",
    "keys": r".*/\.gnupg/.*|.*\.(?:kdbx?|ppk|jks|ovpn|p12|pfx)",
    "hashes": r"/etc/(?:g?shadow-?|security/opasswd|krb5\.keytab)|.*/\.htpasswd",
    "settings": r".*/\.env(?:\.\w+)?|.*/wp-config\.php|.*/config/database\.yml|.*/secrets\.ya?ml",
    "browser": r".*/(?:logins\.json|key[34]\.db|Login Data)",
}  # fmt: skip
_FILES = {kind: re.compile(pattern) for kind, pattern in _KINDS.items()}
_OFFER = (
    r"/\.(ssh/|aws/|boto$|s3cfg$|passwd-s3fs$|config/(gcloud|gh)/|azure/|kube/config$|docker/config\.json$|dockercfg$"
    r"|netrc$|curlrc$|wgetrc$|git-credentials$|gitconfig$|npmrc$|pypirc$|gem/credentials|m2/settings\.xml$"
    r"|cargo/credentials|pgpass$|my\.cnf$|mylogin\.cnf$|rediscli_auth$|mongorc\.js$|vault-token$|terraformrc$"
    r"|terraform\.d/|\w+_history$|gnupg/|htpasswd$|env(\.\w+)?$)|/etc/(g?shadow-?|security/opasswd|krb5\.keytab)$"
    r"|/etc/ssh/ssh_host_\w+_key$|/etc/kubernetes/.*\.conf$|/serviceaccount/(\.\.[^/]*/)?token$|/(wp-config\.php"
    r"|database\.yml|secrets\.ya?ml|terraform\.tfstate|logins\.json|key[34]\.db|Login Data|auth\.json"
    r"|application_default_credentials\.json)$|\.(kdbx?|ppk|jks|ovpn|p12"
    r"|pfx)$"
)
_MINUTE = 60.0
_ENOUGH = 4
_BACKUPS = frozenset(
    {"tar", "rsync", "restic", "borg", "bacula-fd", "duplicity", "cp", "clamscan", "clamd", "freshclam", "aide"}
)


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime or actors.packaged(context):
        return None
    return _command(context) if context.event.kind is EventKind.EXEC else _files(context)


def _command(context: Context) -> Verdict | None:
    what = context.command
    if what.name in _HUNTERS or programs.base(programs.script(what)) in _HUNTERS:
        return Verdict(object=what.name, severity=_grade(Severity.HIGH, context), fill={"sought": what.name})
    if what.name not in _FINDERS or (programs.interpreter(what.name) and not _inline(what)):
        return None
    sought = next((a for a in what.arguments if (f := _SOUGHT.search(a)) and f[0] and not _HARMLESS.search(a)), "")
    if not sought:
        return None
    strong = _STRONG.search(sought) is not None
    wide = any(_WIDE.search(a) for a in what.arguments) or what.name in (
        "find",
        "locate",
        "plocate",
        "rg",
        "ag",
        "fd",
        "fdfind",
    )
    if not strong and not wide:
        return None  # `ps | grep password` and a look into one known file
    if what.name in ("sed", "awk", "gawk", "mawk", "ls", "strings") and not (strong and wide):
        return None
    severity = _grade(Severity.HIGH if strong and wide else Severity.MEDIUM, context)
    return Verdict(object=sought[:120], severity=severity, fill={"sought": sought}, evidence={"line": context.line})


def _inline(what: programs.Command) -> bool:
    return any(a in ("-c", "-e", "-ne", "-nle") for a in what.arguments[:3])


def _grade(severity: Severity, context: Context) -> Severity:
    if actors.intruding(context):
        return max(severity, Severity.HIGH)
    if context.starting or context.building:
        return Severity.LOW
    if not context.contained or context.session_root.session:
        return lower(severity, 2)
    return severity


def _files(context: Context) -> Verdict | None:
    event = context.event
    if not context.reads or (context.system_program and context.command.name in _BACKUPS and not context.server_shell):
        return None
    path = paths.place(event.text or event.raw, context).path
    kind = next((kind for kind, pattern in _FILES.items() if pattern.fullmatch(path)), "")
    if not kind:
        return None
    seen = context.distinct("RUN-012", kind, _MINUTE)
    what = context.command
    if actors.intruding(context) or what.name in programs.FILE_READERS or programs.is_shell(what):
        # One reader a file, or a shell's own redirections: together they are one search.
        seen = max(seen, context.distinct("RUN-012", kind, _MINUTE, per="session"))
    if seen < _ENOUGH:
        return None
    severity = _grade(Severity.HIGH, context)
    if not context.contained and not actors.intruding(context):
        severity = Severity.MEDIUM
    return Verdict(
        object="credential files",
        severity=severity,
        fill={"sought": Text(f"{seen} kinds of credential files", f"{seen} 类凭证文件")},
        evidence={"last_file": path, "kinds": str(seen)},
    )


_LOOP = (
    opens(2, "/root/.aws/credentials", denied=True),
    opens(2, "/root/.ssh/id_rsa", at=602),
    opens(2, "/root/.docker/config.json", at=603),
    opens(2, "/root/.netrc", at=604),
)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-012",
        title=Text("Search for keys, passwords and cloud credentials", "搜索密钥、口令与云凭证"),
        message=Text(
            "{process} in {subject} looks for credentials: {sought}", "{subject} 中的 {process} 正在搜索凭证：{sought}"
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Find out who searched and change what could be found. Keep credentials out of images and home folders; give them "
            "to a workload when it starts, for a short time.",
            "查明是谁在搜索，并更换可能被找到的凭证。不要把凭证放在镜像或主目录中；应在启动时为负载发放短期凭证。",
        ),
        techniques=("T1552.001", "T1552.004"),
        behaviours=(12,),
        fires=(
            Example(scene(runs(2, 1, "/usr/bin/find", "find", "/", "-name", "id_rsa*")), "find by name"),
            Example(scene(runs(2, 1, "/bin/busybox", "grep", "-rl", "BEGIN RSA PRIVATE KEY", "/")), "busybox grep for keys"),
            Example(scene(runs(2, 1, "/usr/bin/rg", "rg", "-i", "aws_secret_access_key")), "another search tool"),
            Example(scene(runs(2, 1, "/usr/bin/grep", "grep", "-ri", "password", "/var/www")), "grep for passwords in a tree"),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "…"), *_LOOP), "a loop that opens file after file"
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
                    runs(2, 1, "/usr/bin/dash", "sh", "-c", "…"),
                    *(
                        e
                        for n, path in enumerate(
                            ("/root/.ssh/id_ed25519", "/root/.kube/config", "/root/.pgpass", "/root/.bash_history"), 3
                        )
                        for e in (runs(n, 2, "/usr/bin/cat", "cat", path), opens(n, path))
                    ),
                ),
                "split over processes: one cat a file",
            ),
            Example(
                scene(runs(2, 1, "/x/trufflehog", "trufflehog", "filesystem", "/", flags=EventFlag.UPPER)), "a tool made for it"
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/find", "find", "/var/log", "-name", "*.gz", "-mtime", "+7")), "old logs"),
            Example(scene(runs(2, 1, "/usr/bin/grep", "grep", "-q", "^www-data:", "/etc/passwd")), "is there such a user?"),
            Example(scene(runs(2, 1, "/usr/bin/grep", "grep", "-rn", "TODO", "/app")), "a developer's search"),
            Example(
                scene(runs(2, 1, "/app/x", "x"), opens(2, "/root/.aws/credentials"), opens(2, "/root/.aws/config")),
                "a program reads its cloud credentials",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/git", "git", "clone", "x"),
                    opens(2, "/root/.gitconfig"),
                    opens(2, "/root/.netrc"),
                    opens(2, "/root/.git-credentials"),
                ),
                "git looks where it may find a password",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/tar", "tar", "-c", "/root", on=HOST),
                    *(opens(2, e.text, on=HOST) for e in _LOOP),
                ),
                "a backup reads all files",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                (
                    rf"(?i)^([^\n\x00]*/)?(busybox\x00)?({programs.names(_FINDERS)})\x00[^\n]*(pass|pwd|secret|token|api_?key"
                    rf"|private|begin|aws|akia|asia|ghp_|xox|aiza|azure|google|gcp|gcloud|heroku|slack|github|gitlab|stripe"
                    rf"|id_[rde]|authorized_keys|known_hosts|\.pem|\.ppk|\.p12|\.pfx|\.jks|keystore|\.kdb|\.ovpn|kube|netrc"
                    rf"|my\.cnf|credential|npmrc|pypirc|docker|wp-config|vault|gnupg)"
                ),
                rf"^([^\n\x00]*/)?({programs.names(_HUNTERS)})(\x00|$)",
                rf"\x00([^\n\x00]*/)?({programs.names(_HUNTERS)})(\x00|$)",
            ),
        ),
        Interest(kinds=(EventKind.OPEN,), text=(_OFFER,)),
    ),
    judge=_judge,
)
