"""Network services that are worth telling of, our own list. Users add theirs in YAML (`formats/policy_files/services.py`)."""

from __future__ import annotations

from periderm.model.service import RiskyService
from periderm.model.severity import Severity
from periderm.model.text import Text

_PLAIN = Text("It sends names, passwords and everything else in clear text.", "它以明文传输用户名、口令及所有内容。")
_EXEC = Text(
    "Remove it: `podman exec` and `kubectl exec` reach a container, are authorised and are logged.",
    "请移除：`podman exec` 与 `kubectl exec` 可进入容器，且有授权与日志。",
)
_OUT = Text("Remove it, or let another image do that one thing.", "请移除，或由专用镜像提供该功能。")
_TLS = Text("Offer the files by HTTPS or SFTP, from an image for that alone.", "改用 HTTPS 或 SFTP，并由专用镜像提供。")

SERVICES: tuple[RiskyService, ...] = (
    RiskyService(
        name="telnet",
        programs=("telnetd", "in.telnetd", "utelnetd"),
        packages=("telnetd", "telnet-server", "inetutils-telnetd", "telnetd-ssl"),
        why=_PLAIN,
        instead=_EXEC,
        severity=Severity.HIGH,
    ),
    RiskyService(
        name="rsh",
        programs=("rshd", "rlogind", "rexecd", "in.rshd", "in.rlogind", "in.rexecd"),
        packages=("rsh-server", "rsh-redone-server", "inetutils-inetd"),
        why=Text("It believes the address of whoever calls, and asks for nothing more.", "它仅凭来源地址即信任调用者。"),
        instead=_EXEC,
        severity=Severity.HIGH,
    ),
    RiskyService(
        name="FTP",
        programs=("vsftpd", "proftpd", "pure-ftpd", "ftpd", "in.ftpd", "tnftpd"),
        packages=("vsftpd", "proftpd-core", "proftpd-basic", "proftpd", "pure-ftpd", "ftpd", "inetutils-ftpd"),
        why=_PLAIN,
        instead=_TLS,
        severity=Severity.MEDIUM,
    ),
    RiskyService(
        name="TFTP",
        programs=("in.tftpd", "atftpd", "tftpd", "tftpd-hpa"),
        packages=("tftpd-hpa", "atftpd", "tftp-server", "tftpd"),
        why=Text("It asks nobody for a name or a password.", "它不要求任何身份验证。"),
        instead=_TLS,
        severity=Severity.MEDIUM,
    ),
    RiskyService(
        name="rpcbind and NFS",
        programs=("rpcbind", "rpc.nfsd", "rpc.mountd", "ypserv", "rpc.statd"),
        packages=("rpcbind", "nfs-kernel-server", "ypserv", "nis"),
        why=Text(
            "It answers whoever asks which services there are, and trusts addresses.", "它对任何人暴露服务列表并信任来源地址。"
        ),
        instead=_OUT,
        severity=Severity.MEDIUM,
    ),
    RiskyService(
        name="VNC and remote desktops",
        programs=("x11vnc", "Xvnc", "Xtigervnc", "vncserver", "tightvncserver", "xrdp", "Xvnc4"),
        packages=("x11vnc", "tigervnc-standalone-server", "tightvncserver", "xrdp", "tigervnc-server"),
        why=Text(
            "Whoever reaches it sees and drives a screen, often by a short password or none.",
            "任何人可借弱口令甚至无口令操控桌面。",
        ),
        instead=_OUT,
        severity=Severity.MEDIUM,
    ),
    RiskyService(
        name="rsync as a service",
        packages=("rsync-daemon",),
        programs=("rsyncd",),
        why=Text("Its modules are open unless each names who may read.", "其模块默认开放，除非逐一限定。"),
        instead=_OUT,
        severity=Severity.LOW,
    ),
    RiskyService(
        name="finger, talk and other old services",
        programs=("fingerd", "in.fingerd", "talkd", "in.talkd", "inetd", "xinetd"),
        packages=("fingerd", "cfingerd", "talkd", "xinetd", "openbsd-inetd", "finger-server"),
        why=Text("It is of a time before networks had strangers in them.", "它产生于网络中没有陌生人的年代。"),
        instead=_OUT,
        severity=Severity.MEDIUM,
    ),
    RiskyService(
        name="SNMP",
        programs=("snmpd",),
        packages=("snmpd", "net-snmp"),
        why=Text("Its first two versions ask for one word, in clear text.", "其前两个版本仅以明文校验一个团体字。"),
        instead=_OUT,
        severity=Severity.LOW,
    ),
    RiskyService(
        name="Samba",
        programs=("smbd", "nmbd"),
        packages=("samba",),
        why=Text("It is large, old, and offers files to whole networks.", "它庞大、古老，并向整个网络提供文件。"),
        instead=_OUT,
        severity=Severity.LOW,
    ),
    RiskyService(
        name="a shell in the browser",
        programs=("ttyd", "gotty", "wetty", "shellinaboxd"),
        packages=("shellinabox", "ttyd"),
        why=Text(
            "Whoever reaches its port has a shell, unless it is told to ask.", "访问其端口即可获得 shell，除非另行配置验证。"
        ),
        instead=_EXEC,
        severity=Severity.HIGH,
    ),
)
