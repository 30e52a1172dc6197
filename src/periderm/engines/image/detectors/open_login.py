"""Finds PAM configuration that lets everyone in, hands passwords to a program, or loads modules from odd places. An empty
password that PAM takes is IMG-069's."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image import pam
from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_READER = "IMG-079-pam"
_DEBIAN = b"auth\t[success=1 default=ignore]\tpam_unix.so nullok\nauth\trequisite\tpam_deny.so\nauth\trequired\tpam_permit.so\n"
_SAYS = {
    pam.OPEN: Text("{path} lets everyone in without asking: {line}.", "{path} 不经询问即允许任何人登录：{line}。"),
    pam.HANDED: Text("{path} hands each password to a program: {line}.", "{path} 将每个口令交给程序：{line}。"),
    pam.ODD: Text("{path} loads a module from where none belongs: {line}.", "{path} 从异常位置加载模块：{line}。"),
}

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-079",
    title=Text("Let logins pass unchecked", "登录未经验证即放行"),
    message=_SAYS[pam.OPEN],
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Put the file back as its package brought it; what needs no password runs without a login (USER, su-exec, setpriv).",
        "将该文件恢复为软件包提供的内容；无需口令的操作应不经登录运行（USER、su-exec、setpriv）。",
    ),
    techniques=("T1556.003",),
    references=(
        "https://man7.org/linux/man-pages/man5/pam.conf.5.html",
        "https://man7.org/linux/man-pages/man8/pam_permit.8.html",
    ),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("etc/pam.d/common-auth", b"auth sufficient pam_permit.so\n" + _DEBIAN),),)),
            "before anything is asked",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/pam.d/sshd", b"auth required pam_env.so\nauth required pam_permit.so\n"),),)),
            "nothing is asked at all",
        ),
        Example(
            GivenImage(
                layers=((GivenFile("etc/pam.d/sshd", b"auth optional pam_exec.so quiet expose_authtok /opt/x/log.sh\n"),),)
            ),
            "a program is given every password",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/pam.d/su", b"auth sufficient /tmp/pam_unix.so\n"),),)), "a module in a bad place"
        ),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("etc/pam.d/common-auth", _DEBIAN),),)), "as Debian brings it"),
        Example(
            GivenImage(layers=((GivenFile("etc/pam.d/su", b"auth sufficient pam_rootok.so\nauth include system-auth\n"),),)),
            "root need not be asked",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/pam.d/x", b"account required pam_permit.so\n"),),)),
            "no login is decided there",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/pam.d/x", b"#auth sufficient pam_permit.so\n"),),)),
            "a comment",
        ),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a line. What a package itself brings so (a screen's automatic login) is low, and so is a program of a
    package that is given passwords."""
    owned = {file.path: file.package for file in facts.executables}
    for noted in facts.noted:
        note = noted.note
        if noted.reader != _READER or note.what not in _SAYS:
            continue
        mild = (note.what == pam.OPEN and bool(noted.package) and note.values["ends"] == "no") or (
            note.what == pam.HANDED and bool(owned.get(note.values["program"]))
        )
        yield Hit(
            location=noted.path,
            line=note.line,
            key=f"{note.what}{note.line}",
            evidence=note.evidence,
            layer=noted.layer,
            package=noted.package,
            message=_SAYS[note.what],
            values={"path": noted.path, "line": note.evidence},
            severity=Severity.LOW if mild else None,
        )


DETECTOR = Detector(SPEC, judge, readers=pam.readers("IMG-079"))
