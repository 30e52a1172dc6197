"""Settings of what watches this machine. Says only what they are; the whole list is `option_list`."""

from __future__ import annotations

from periderm.model.options import Option, OptionKind
from periderm.model.text import Text

_GONE = Text(
    "Events beyond the new bound are deleted at once; changing it back does not bring them again.",
    "超出新限制的事件会立即删除；改回原值也无法恢复。",
)
_SPARED = Text("What is named here is not stopped, whatever it does.", "此处列出的对象无论做什么都不会被阻止。")
_BLIND = Text(
    "With too little the agent sees less; coverage gaps say when it does.", "过小会使代理看到的更少；覆盖缺口会说明何时如此。"
)

AGENT: tuple[Option, ...] = (
    Option(
        name="agent.ring_mib",
        variable="PERIDERM_RING_MIB",
        kind=OptionKind.CHOICE,
        meaning=Text(
            "the size in MiB of the ring between the kernel and the agent, a power of two",
            "内核与代理之间环形缓冲区的大小（MiB），须为 2 的幂",
        ),
        default="8",
        choices=("1", "2", "4", "8", "16", "32", "64"),
        console=True,
    ),
    Option(
        name="agent.budget_cpu",
        variable="PERIDERM_BUDGET_CPU",
        kind=OptionKind.NUMBER,
        meaning=Text(
            "how much of one core the agent may use, in percent; above it detail is given up",
            "代理最多使用单核的百分比；超过则放弃细节",
        ),
        default="50",
        most=100 * 1024,
        live=True,
        console=True,
        caution=_BLIND,
    ),
    Option(
        name="agent.budget_memory_mib",
        variable="PERIDERM_BUDGET_MEMORY",
        kind=OptionKind.NUMBER,
        meaning=Text(
            "how much memory the agent may use, in MiB; above it detail is given up",
            "代理最多使用的内存（MiB）；超过则放弃细节",
        ),
        default="512",
        live=True,
        console=True,
        caution=_BLIND,
    ),
    Option(
        name="agent.content",
        variable="PERIDERM_CONTENT",
        kind=OptionKind.SWITCH,
        meaning=Text("whether files that came after the image are looked into", "是否检查镜像之外新增文件的内容"),
        default="on",
    ),
    Option(
        name="agent.baselines",
        variable="PERIDERM_BASELINES",
        kind=OptionKind.SWITCH,
        meaning=Text(
            "whether what is normal for a workload is learned, and what is not is told", "是否学习工作负载的正常行为并告警异常"
        ),
        default="on",
    ),
    Option(
        name="agent.system_calls",
        variable="PERIDERM_SYSTEM_CALLS",
        kind=OptionKind.SWITCH,
        meaning=Text("whether the set of system calls that each container uses is kept", "是否保留每个容器使用的系统调用集合"),
        default="on",
    ),
    Option(
        name="agent.scan_unused",
        variable="PERIDERM_SCAN_UNUSED",
        kind=OptionKind.SWITCH,
        meaning=Text(
            "whether images that nothing runs of are scanned, when nothing else is to do", "空闲时是否扫描没有容器运行的镜像"
        ),
        default="on",
        live=True,
        console=True,
    ),
    Option(
        name="agent.known_bpf",
        variable="PERIDERM_KNOWN_BPF",
        kind=OptionKind.LIST,
        meaning=Text(
            "globs of BPF programs' names and pins' paths that are your own (RUN-029)",
            "属于您自己的 BPF 程序名与固定路径的通配符（RUN-029）",
        ),
    ),
    Option(
        name="history.on",
        variable="PERIDERM_HISTORY",
        kind=OptionKind.SWITCH,
        meaning=Text("whether the agent keeps a history of events", "代理是否保留事件历史"),
        default="on",
    ),
    Option(
        name="history.days",
        variable="PERIDERM_HISTORY_DAYS",
        kind=OptionKind.NUMBER,
        meaning=Text("how many days events are kept", "事件保留的天数"),
        default="30",
        most=3650,
        live=True,
        console=True,
        caution=_GONE,
    ),
    Option(
        name="history.mib",
        variable="PERIDERM_HISTORY_MIB",
        kind=OptionKind.NUMBER,
        meaning=Text(
            "how much room the history may take, in MiB: the oldest goes first", "历史可占用的空间（MiB）：最旧的先删除"
        ),
        default="4096",
        live=True,
        console=True,
        caution=_GONE,
    ),
    Option(
        name="history.free_mib",
        variable="PERIDERM_HISTORY_FREE_MIB",
        kind=OptionKind.NUMBER,
        meaning=Text(
            "how much room the history leaves free on its file system, in MiB, at most a tenth of it",
            "历史在其文件系统上至少留出的空闲空间（MiB），至多为其十分之一",
        ),
        default="1024",
        live=True,
        console=True,
        caution=_GONE,
    ),
    Option(
        name="history.share",
        variable="PERIDERM_HISTORY_SHARE",
        kind=OptionKind.SWITCH,
        meaning=Text(
            "whether an agent sends the events that it keeps, with all arguments of programs, to a server elsewhere too",
            "代理是否也把保留的事件（含程序的全部参数）发送给另一台机器上的服务器",
        ),
        default="off",
    ),
    Option(
        name="history.fleet_mib",
        variable="PERIDERM_HISTORY_FLEET_MIB",
        kind=OptionKind.NUMBER,
        meaning=Text(
            "how much room a server gives to the events of other machines, in MiB: the oldest goes first",
            "服务器为其他机器的事件留出的空间（MiB）：最旧的先删除",
        ),
        default="16384",
        console=True,
        caution=_GONE,
    ),
    Option(
        name="history.node_mib",
        variable="PERIDERM_HISTORY_NODE_MIB",
        kind=OptionKind.NUMBER,
        meaning=Text(
            "how much of that room one other machine may take at once, in MiB; it comes back over `history.days`, and what is "
            "beyond is shed and said",
            "其他每台机器一次可占用其中的空间（MiB），在 `history.days` 内逐渐恢复；超出部分被舍弃并告知",
        ),
        default="2048",
        lowest=1,
    ),
    Option(
        name="history.node_rate",
        variable="PERIDERM_HISTORY_NODE_RATE",
        kind=OptionKind.NUMBER,
        meaning=Text(
            "how many events a second a server keeps of one other machine, an hour's worth at once; what is beyond is shed "
            "and said",
            "服务器每秒保留其他每台机器的事件数，可一次接收一小时的量；超出部分被舍弃并告知",
        ),
        default="2000",
        lowest=1,
    ),
    Option(
        name="rules.folder",
        variable="PERIDERM_RULES",
        kind=OptionKind.PATH,
        meaning=Text("the folder with packs of runtime rules", "运行时规则包目录"),
        shown=Text("`rules` below the state", "状态目录下的 `rules`"),
    ),
    Option(
        name="rules.keys",
        variable="PERIDERM_RULES_KEYS",
        kind=OptionKind.PATH,
        meaning=Text(
            "a public key (PEM), or a folder of them, that signed packs of rules are verified with",
            "用于验证规则包签名的公钥（PEM）或其目录",
        ),
    ),
    Option(
        name="rules.signed_only",
        variable="PERIDERM_RULES_SIGNED",
        kind=OptionKind.SWITCH,
        meaning=Text("whether only signed packs of rules are used", "是否仅使用已签名的规则包"),
        default="off",
    ),
    Option(
        name="responses.exempt",
        variable="PERIDERM_EXEMPT",
        kind=OptionKind.LIST,
        meaning=Text(
            "globs of containers, workloads and images that no response ever hits",
            "任何处置都不会触及的容器、工作负载与镜像的通配符",
        ),
        live=True,
        console=True,
        caution=_SPARED,
    ),
)
