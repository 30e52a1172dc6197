"""MITRE ATT&CK as the product uses it: the tactics in the order of an attack, and the techniques that it names.

Enterprise v19 (28 April 2026), in which Defense Evasion became Stealth (TA0005 kept its id) and Defense Impairment
(TA0112). Ids, English names and tactics are those of the `enterprise-attack` STIX collection
(https://github.com/mitre-attack/attack-stix-data); the Chinese names are ours. Kept here: all of the Containers matrix,
what the behaviour catalogue names, and their parents. It does not hold descriptions, mitigations or other platforms.
"""

from __future__ import annotations

import msgspec

from periderm.model.errors import UsageError
from periderm.model.text import Text

VERSION = "19"


class Tactic(msgspec.Struct, frozen=True):
    """Why an attacker does something: a column of the matrix."""

    id: str
    name: Text


class Technique(msgspec.Struct, frozen=True):
    """How it is done. `tactics` are tactic ids in the order of an attack."""

    id: str
    name: Text
    tactics: tuple[str, ...]

    @property
    def url(self) -> str:
        """The page of the technique."""
        return f"https://attack.mitre.org/techniques/{self.id.replace('.', '/')}/"


TACTICS: tuple[Tactic, ...] = (
    Tactic("TA0043", Text("Reconnaissance", "侦察")),
    Tactic("TA0042", Text("Resource Development", "资源开发")),
    Tactic("TA0001", Text("Initial Access", "初始访问")),
    Tactic("TA0002", Text("Execution", "执行")),
    Tactic("TA0003", Text("Persistence", "持久化")),
    Tactic("TA0004", Text("Privilege Escalation", "权限提升")),
    Tactic("TA0005", Text("Stealth", "隐蔽")),
    Tactic("TA0112", Text("Defense Impairment", "防御削弱")),
    Tactic("TA0006", Text("Credential Access", "凭证访问")),
    Tactic("TA0007", Text("Discovery", "发现")),
    Tactic("TA0008", Text("Lateral Movement", "横向移动")),
    Tactic("TA0009", Text("Collection", "收集")),
    Tactic("TA0011", Text("Command and Control", "命令与控制")),
    Tactic("TA0010", Text("Exfiltration", "数据渗出")),
    Tactic("TA0040", Text("Impact", "影响")),
)

_ORDER = {tactic.id: position for position, tactic in enumerate(TACTICS)}


def _t(technique_id: str, en: str, zh: str, numbers: str) -> Technique:
    """A row of the table; `numbers` are the tactics' numbers, in the order of an attack."""
    return Technique(technique_id, Text(en, zh), tuple(f"TA{int(number):04d}" for number in numbers.split()))


TECHNIQUES: tuple[Technique, ...] = (
    _t("T1003", "OS Credential Dumping", "操作系统凭证转储", "6"),
    _t("T1003.007", "Proc Filesystem", "读取 proc 文件系统", "6"),
    _t("T1003.008", "/etc/passwd and /etc/shadow", "/etc/passwd 与 /etc/shadow", "6"),
    _t("T1005", "Data from Local System", "收集本地系统数据", "9"),
    _t("T1014", "Rootkit", "Rootkit", "5"),
    _t("T1016", "System Network Configuration Discovery", "发现系统网络配置", "7"),
    _t("T1018", "Remote System Discovery", "发现远程系统", "7"),
    _t("T1020", "Automated Exfiltration", "自动化渗出", "10"),
    _t("T1021", "Remote Services", "远程服务", "8"),
    _t("T1021.004", "SSH", "SSH", "8"),
    _t("T1027", "Obfuscated Files or Information", "混淆文件或信息", "5"),
    _t("T1027.002", "Software Packing", "软件加壳", "5"),
    _t("T1027.004", "Compile After Delivery", "投递后编译", "5"),
    _t("T1033", "System Owner/User Discovery", "发现系统所有者与用户", "7"),
    _t("T1036", "Masquerading", "伪装", "5"),
    _t("T1036.005", "Match Legitimate Resource Name or Location", "仿冒合法资源的名称或位置", "5"),
    _t("T1036.010", "Masquerade Account Name", "仿冒账户名", "5"),
    _t("T1037", "Boot or Logon Initialization Scripts", "启动或登录初始化脚本", "3 4"),
    _t("T1037.004", "RC Scripts", "RC 脚本", "3 4"),
    _t("T1040", "Network Sniffing", "网络嗅探", "6 7"),
    _t("T1041", "Exfiltration Over C2 Channel", "通过命令与控制通道渗出", "10"),
    _t("T1046", "Network Service Discovery", "发现网络服务", "7"),
    _t("T1048", "Exfiltration Over Alternative Protocol", "通过替代协议渗出", "10"),
    _t("T1053", "Scheduled Task/Job", "计划任务", "2 3 4"),
    _t("T1053.002", "At", "At 一次性任务", "2 3 4"),
    _t("T1053.003", "Cron", "Cron 定时任务", "2 3 4"),
    _t("T1053.006", "Systemd Timers", "Systemd 定时器", "2 3 4"),
    _t("T1053.007", "Container Orchestration Job", "容器编排作业", "2 3 4"),
    _t("T1055", "Process Injection", "进程注入", "4 5"),
    _t("T1055.008", "Ptrace System Calls", "Ptrace 系统调用", "4 5"),
    _t("T1055.009", "Proc Memory", "Proc 内存", "4 5"),
    _t("T1057", "Process Discovery", "发现进程", "7"),
    _t("T1059", "Command and Scripting Interpreter", "命令与脚本解释器", "2"),
    _t("T1059.004", "Unix Shell", "Unix Shell", "2"),
    _t("T1059.006", "Python", "Python", "2"),
    _t("T1059.013", "Container CLI/API", "容器命令行与 API", "2"),
    _t("T1068", "Exploitation for Privilege Escalation", "利用漏洞提升权限", "4"),
    _t("T1069", "Permission Groups Discovery", "发现权限组", "7"),
    _t("T1070", "Indicator Removal", "清除痕迹", "5"),
    _t("T1070.003", "Clear Command History", "清除命令历史", "5"),
    _t("T1070.004", "File Deletion", "删除文件", "5"),
    _t("T1070.006", "Timestomp", "篡改时间戳", "5"),
    _t("T1071", "Application Layer Protocol", "应用层协议", "11"),
    _t("T1071.001", "Web Protocols", "Web 协议", "11"),
    _t("T1071.004", "DNS", "DNS", "11"),
    _t("T1072", "Software Deployment Tools", "软件部署工具", "2 8"),
    _t("T1078", "Valid Accounts", "有效账户", "1 3 4 5"),
    _t("T1078.001", "Default Accounts", "默认账户", "1 3 4 5"),
    _t("T1078.003", "Local Accounts", "本地账户", "1 3 4 5"),
    _t("T1082", "System Information Discovery", "发现系统信息", "7"),
    _t("T1083", "File and Directory Discovery", "发现文件与目录", "7"),
    _t("T1090", "Proxy", "代理", "11"),
    _t("T1095", "Non-Application Layer Protocol", "非应用层协议", "11"),
    _t("T1098", "Account Manipulation", "操纵账户", "3 4"),
    _t("T1098.004", "SSH Authorized Keys", "SSH 授权密钥", "3 4"),
    _t("T1098.006", "Additional Container Cluster Roles", "附加容器集群角色", "3 4"),
    _t("T1105", "Ingress Tool Transfer", "传入工具", "11"),
    _t("T1106", "Native API", "原生 API", "2"),
    _t("T1110", "Brute Force", "暴力破解", "6"),
    _t("T1110.001", "Password Guessing", "猜测口令", "6"),
    _t("T1110.003", "Password Spraying", "口令喷洒", "6"),
    _t("T1110.004", "Credential Stuffing", "凭证填充", "6"),
    _t("T1132", "Data Encoding", "数据编码", "11"),
    _t("T1133", "External Remote Services", "外部远程服务", "1 3"),
    _t("T1136", "Create Account", "创建账户", "3"),
    _t("T1136.001", "Local Account", "创建本地账户", "3"),
    _t("T1140", "Deobfuscate/Decode Files or Information", "反混淆或解码文件与信息", "5"),
    _t("T1190", "Exploit Public-Facing Application", "利用面向公众的应用", "1"),
    _t("T1195", "Supply Chain Compromise", "供应链攻陷", "1"),
    _t("T1195.002", "Compromise Software Supply Chain", "攻陷软件供应链", "1"),
    _t("T1204", "User Execution", "用户执行", "2"),
    _t("T1204.003", "Malicious Image", "恶意镜像", "2"),
    _t("T1205", "Traffic Signaling", "流量信号", "3 5 11"),
    _t("T1205.002", "Socket Filters", "套接字过滤器", "3 5 11"),
    _t("T1210", "Exploitation of Remote Services", "利用远程服务", "8"),
    _t("T1222", "File and Directory Permissions Modification", "修改文件与目录权限", "112"),
    _t("T1222.002", "Linux and Mac Permissions", "修改 Linux 与 Mac 权限", "112"),
    _t("T1485", "Data Destruction", "破坏数据", "40"),
    _t("T1486", "Data Encrypted for Impact", "加密数据以造成影响", "40"),
    _t("T1489", "Service Stop", "停止服务", "40"),
    _t("T1490", "Inhibit System Recovery", "阻碍系统恢复", "40"),
    _t("T1496", "Resource Hijacking", "劫持资源", "40"),
    _t("T1496.001", "Compute Hijacking", "劫持算力", "40"),
    _t("T1496.002", "Bandwidth Hijacking", "劫持带宽", "40"),
    _t("T1498", "Network Denial of Service", "网络拒绝服务", "40"),
    _t("T1499", "Endpoint Denial of Service", "端点拒绝服务", "40"),
    _t("T1505", "Server Software Component", "服务器软件组件", "3"),
    _t("T1505.003", "Web Shell", "网页后门", "3"),
    _t("T1525", "Implant Internal Image", "植入内部镜像", "3"),
    _t("T1528", "Steal Application Access Token", "窃取应用访问令牌", "6"),
    _t("T1543", "Create or Modify System Process", "创建或修改系统进程", "3 4"),
    _t("T1543.002", "Systemd Service", "Systemd 服务", "3 4"),
    _t("T1543.005", "Container Service", "容器服务", "3 4"),
    _t("T1546", "Event Triggered Execution", "事件触发执行", "3 4"),
    _t("T1546.004", "Unix Shell Configuration Modification", "修改 Unix Shell 配置", "3 4"),
    _t("T1546.017", "Udev Rules", "Udev 规则", "3 4"),
    _t("T1547", "Boot or Logon Autostart Execution", "启动或登录自动执行", "3 4"),
    _t("T1547.006", "Kernel Modules and Extensions", "内核模块与扩展", "3 4"),
    _t("T1547.013", "XDG Autostart Entries", "XDG 自动启动项", "3 4"),
    _t("T1548", "Abuse Elevation Control Mechanism", "滥用提权控制机制", "4"),
    _t("T1548.001", "Setuid and Setgid", "Setuid 与 Setgid", "4"),
    _t("T1548.003", "Sudo and Sudo Caching", "Sudo 与 Sudo 缓存", "4"),
    _t("T1550", "Use Alternate Authentication Material", "使用替代认证材料", "8"),
    _t("T1550.001", "Application Access Token", "应用访问令牌", "8"),
    _t("T1552", "Unsecured Credentials", "不安全的凭证", "6"),
    _t("T1552.001", "Credentials In Files", "文件中的凭证", "6"),
    _t("T1552.003", "Shell History", "Shell 历史记录", "6"),
    _t("T1552.004", "Private Keys", "私钥", "6"),
    _t("T1552.005", "Cloud Instance Metadata API", "云实例元数据 API", "6"),
    _t("T1552.007", "Container API", "容器 API", "6"),
    _t("T1554", "Compromise Host Software Binary", "篡改主机软件二进制文件", "3"),
    _t("T1555", "Credentials from Password Stores", "口令存储中的凭证", "6"),
    _t("T1556", "Modify Authentication Process", "修改认证过程", "3 112 6"),
    _t("T1556.003", "Pluggable Authentication Modules", "可插拔认证模块", "3 112 6"),
    _t("T1557", "Adversary-in-the-Middle", "中间人攻击", "6 9"),
    _t("T1557.002", "ARP Cache Poisoning", "ARP 缓存投毒", "6 9"),
    _t("T1561", "Disk Wipe", "擦除磁盘", "40"),
    _t("T1564", "Hide Artifacts", "隐藏制品", "5"),
    _t("T1564.001", "Hidden Files and Directories", "隐藏文件与目录", "5"),
    _t("T1567", "Exfiltration Over Web Service", "通过 Web 服务渗出", "10"),
    _t("T1571", "Non-Standard Port", "非标准端口", "11"),
    _t("T1572", "Protocol Tunneling", "协议隧道", "11"),
    _t("T1574", "Hijack Execution Flow", "劫持执行流", "2 5"),
    _t("T1574.006", "Dynamic Linker Hijacking", "劫持动态链接器", "2 5"),
    _t("T1609", "Container Administration Command", "容器管理命令", "2"),
    _t("T1610", "Deploy Container", "部署容器", "2"),
    _t("T1611", "Escape to Host", "逃逸到主机", "4"),
    _t("T1612", "Build Image on Host", "在主机上构建镜像", "5"),
    _t("T1613", "Container and Resource Discovery", "发现容器与资源", "7"),
    _t("T1620", "Reflective Code Loading", "反射式代码加载", "5"),
    _t("T1622", "Debugger Evasion", "规避调试器", "5 7"),
    _t("T1685", "Disable or Modify Tools", "禁用或修改工具", "112"),
    _t("T1685.002", "Disable or Modify Cloud Log", "禁用或修改云日志", "112"),
    _t("T1685.004", "Disable or Modify Linux Audit System Log", "禁用或修改 Linux 审计日志", "112"),
    _t("T1685.006", "Clear Linux or Mac System Logs", "清除 Linux 或 Mac 系统日志", "112"),
    _t("T1686", "Disable or Modify System Firewall", "禁用或修改系统防火墙", "112"),
    _t("T1686.001", "Cloud Firewall", "禁用或修改云防火墙", "112"),
    _t("T1690", "Prevent Command History Logging", "阻止记录命令历史", "112"),
)

# The Containers matrix of the same version: what an attack on containers is made of.
CONTAINERS: tuple[str, ...] = (
    "T1078", "T1078.001", "T1078.003", "T1133", "T1190",
    "T1053", "T1053.007", "T1059", "T1059.013", "T1204", "T1204.003", "T1609", "T1610",
    "T1098", "T1098.006", "T1136", "T1136.001", "T1525", "T1543", "T1543.005",
    "T1068", "T1611",
    "T1036", "T1036.005", "T1036.010", "T1070", "T1612", "T1685",
    "T1110", "T1110.001", "T1110.003", "T1110.004", "T1528", "T1552", "T1552.001", "T1552.007",
    "T1046", "T1069", "T1613", "T1550", "T1550.001",
    "T1485", "T1490", "T1496", "T1496.001", "T1496.002", "T1498", "T1499",
)  # fmt: skip

# What a sensor on the machine cannot see of a technique, and who can. Techniques that it sees in full are not here.
_API = Text(
    "It happens in the cluster's API server; its audit log tells, not the machine.",
    "发生在集群 API 服务器中，由其审计日志体现，主机传感器无法看到。",
)
_LOGIN = Text(
    "A login with the right password looks like its owner's; what is done after it is seen.",
    "使用正确口令的登录与账户所有者无异；登录后的行为可以看到。",
)
BLIND_SPOTS: dict[str, Text] = {
    "T1078": _LOGIN,
    "T1078.001": _LOGIN,
    "T1078.003": _LOGIN,
    "T1053.007": _API,
    "T1098.006": _API,
    "T1069": _API,
    "T1543.005": Text(
        "Units of systemd and containers that restart by themselves are seen on the machine, workloads of a cluster are not.",
        "可看到主机上的 systemd 单元与自动重启的容器，看不到集群中的工作负载。",
    ),
    "T1550": Text(
        "A token's use elsewhere is seen there; its theft is seen here.", "令牌在别处的使用只能在那里看到；在此可看到其被窃取。"
    ),
    "T1550.001": Text(
        "A token's use elsewhere is seen there; its theft is seen here.", "令牌在别处的使用只能在那里看到；在此可看到其被窃取。"
    ),
    "T1110": Text(
        "Guessing against a service is in that service's own log; tools that guess from here are seen.",
        "针对某服务的猜测记录在该服务自身日志中；从本机发起猜测的工具可以看到。",
    ),
    "T1110.001": Text(
        "Guessing against a service is in that service's own log; tools that guess from here are seen.",
        "针对某服务的猜测记录在该服务自身日志中；从本机发起猜测的工具可以看到。",
    ),
    "T1110.003": Text(
        "Many accounts with one password are told apart by the service only; tools that do it from here are seen.",
        "同一口令尝试多个账户只有该服务能分辨；从本机发起的工具可以看到。",
    ),
    "T1110.004": Text(
        "Stolen pairs of name and password are told apart by the service only; tools that try them from here are seen.",
        "撞库只有该服务能分辨；从本机发起的工具可以看到。",
    ),
    "T1133": Text(
        "Who connects from outside is seen as an address; whether that address may is for the network's policy.",
        "可看到外部连接的地址；该地址是否被允许由网络策略决定。",
    ),
    "T1498": Text(
        "A flood against this machine is seen by whoever looks at packets; tools that make one from here are seen.",
        "针对本机的洪泛需在网络包层面观察；从本机发起洪泛的工具可以看到。",
    ),
    "T1499": Text(
        "Requests that exhaust a service look like requests; tools that make them from here are seen.",
        "耗尽服务的请求与普通请求无异；从本机发起的工具可以看到。",
    ),
    "T1204": Text(
        "That a person was persuaded is not seen; what the program or image then does is.",
        "无法看到人被诱骗的过程；程序或镜像随后的行为可以看到。",
    ),
}

_BY_ID = {technique.id: technique for technique in TECHNIQUES}

# Ids that v19 revoked, by the collection's own "revoked-by" relations; rules from elsewhere still carry them.
ALIASES: dict[str, str] = {
    "T1070.002": "T1685.006",
    "T1562": "T1685",
    "T1562.001": "T1685",
    "T1562.003": "T1690",
    "T1562.004": "T1686",
    "T1562.006": "T1685",
    "T1562.007": "T1686.001",
    "T1562.008": "T1685.002",
    "T1562.012": "T1685.004",
}


def known(technique_id: str) -> bool:
    """Whether the catalogue has the technique, by its present or by an older id."""
    return ALIASES.get(technique_id, technique_id) in _BY_ID


def technique(technique_id: str) -> Technique:
    """The technique of this id; an older id gives its successor. Raises UsageError."""
    found = _BY_ID.get(ALIASES.get(technique_id, technique_id))
    if found is None:
        raise UsageError(
            f"ATT&CK technique {technique_id[:32]!r} is not in the catalogue (ATT&CK v{VERSION}).",
            "Use an id like T1059.004 of the techniques that `periderm explain` lists.",
        )
    return found


def tactics_of(technique_id: str) -> tuple[str, ...]:
    """Tactic ids of a technique in the order of an attack. Raises UsageError."""
    return technique(technique_id).tactics


def tactic(tactic_id: str) -> Tactic:
    """The tactic of this id. Raises UsageError."""
    return TACTICS[tactic_order(tactic_id)]


def tactic_order(tactic_id: str) -> int:
    """Position of a tactic in an attack, 0 for the first. Raises UsageError."""
    position = _ORDER.get(tactic_id)
    if position is None:
        raise UsageError(f"ATT&CK tactic {tactic_id[:32]!r} is not in ATT&CK v{VERSION}.", f"The ids are {', '.join(_ORDER)}.")
    return position
