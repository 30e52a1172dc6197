"""Behaviours, evidence and decisions in words, for every door. Judges nothing."""

from __future__ import annotations

from periderm.model.baseline import Evidence, Phase, Source, Verdict
from periderm.model.behaviour import Aspect, Behaviour, Dimension
from periderm.model.text import Text

DIMENSIONS: dict[Dimension, Text] = {
    Dimension.PROCESS: Text("Processes", "进程"),
    Dimension.FILE: Text("Files", "文件"),
    Dimension.NETWORK: Text("Network", "网络"),
    Dimension.PRIVILEGE: Text("Privileges", "权限"),
    Dimension.RESOURCE: Text("Resources", "资源"),
    Dimension.SEQUENCE: Text("Sequences", "序列"),
    Dimension.API: Text("APIs", "接口"),
}
PHASES: dict[Phase, Text] = {
    Phase.BORN: Text("born", "已生成"),
    Phase.LEARNING: Text("learning", "学习中"),
    Phase.ALERTING: Text("alerting", "告警中"),
}
PHASES_SAID: dict[Phase, Text] = {
    Phase.BORN: Text(
        "Known from its image; it has not been seen to run.",
        "由镜像推导得出；尚未观察到其运行。",
    ),
    Phase.LEARNING: Text(
        "Learning: what is only a little surprising joins the baseline, what is very surprising is told.",
        "学习中：轻微异常并入基线，严重异常立即告警。",
    ),
    Phase.ALERTING: Text("Settled: what deviates is told.", "已收敛：偏离即告警。"),
}
VERDICTS: dict[Verdict, Text] = {
    Verdict.ACCEPT: Text("accepted", "已接受"),
    Verdict.REJECT: Text("rejected", "已拒绝"),
    Verdict.FORGET: Text("forgotten", "已遗忘"),
    Verdict.RELEARN: Text("learns again", "重新学习"),
    Verdict.RELEASE: Text("trusted again", "重新信任"),
    Verdict.UNDO: Text("taken back", "已撤销"),
}
SOURCES: dict[Source, Text] = {
    Source.ENTRYPOINT: Text("entrypoint", "入口点"),
    Source.COMMAND: Text("command", "启动命令"),
    Source.USER: Text("image's user", "镜像用户"),
    Source.PORTS: Text("exposed ports", "暴露端口"),
    Source.HEALTHCHECK: Text("health check", "健康检查"),
    Source.VOLUMES: Text("volumes", "数据卷"),
    Source.PACKAGES: Text("package's files", "软件包文件"),
    Source.LIBRARIES: Text("libraries", "动态库"),
    Source.SCRIPTS: Text("entrypoint's script", "入口脚本"),
    Source.CONFIGURATION: Text("service's configuration", "服务配置"),
    Source.RUNTIME: Text("container runtime", "容器运行时"),
    Source.MANIFEST: Text("manifest", "部署清单"),
    Source.UPGRADE: Text("image upgrade", "镜像升级"),
    Source.OBSERVED: Text("observed", "观察到"),
    Source.PERSON: Text("accepted by a person", "人工接受"),
}
_VERBS: dict[Aspect, Text] = {
    Aspect.PROGRAM: Text("runs", "运行"),
    Aspect.USER: Text("runs as user {value}", "以用户 {value} 运行"),
    Aspect.PARENT: Text("is started by {value}", "由 {value} 启动"),
    Aspect.ARGUMENTS: Text("has arguments like {value}", "参数形如 {value}"),
    Aspect.READ: Text("reads {value}", "读取 {value}"),
    Aspect.WRITE: Text("writes {value}", "写入 {value}"),
    Aspect.CREATE: Text("creates {value}", "创建 {value}"),
    Aspect.EXECUTE: Text("loads code of {value}", "加载代码 {value}"),
    Aspect.CHANGE: Text("changes files: {value}", "更改文件：{value}"),
    Aspect.CONNECT: Text("connects to {value}", "连接 {value}"),
    Aspect.ACCEPT: Text("accepts {value}", "接受连接 {value}"),
    Aspect.LISTEN: Text("listens on {value}", "监听 {value}"),
    Aspect.RESOLVE: Text("resolves {value}", "解析 {value}"),
    Aspect.SOCKET: Text("opens a socket {value}", "打开套接字 {value}"),
    Aspect.CAPABILITY: Text("uses {value}", "使用 {value}"),
    Aspect.BECOME: Text("becomes {value}", "切换为 {value}"),
    Aspect.NAMESPACE: Text("changes namespaces: {value}", "切换命名空间：{value}"),
    Aspect.SYSCALL: Text("uses the system call {value}", "使用系统调用 {value}"),
    Aspect.ACT: Text("calls {value}", "调用 {value}"),
    Aspect.CPU: Text("uses CPU: {value}", "CPU 使用：{value}"),
    Aspect.MEMORY: Text("uses memory: {value}", "内存使用：{value}"),
    Aspect.FILES: Text("has files open: {value}", "打开文件数：{value}"),
    Aspect.CHILDREN: Text("starts processes: {value}", "启动进程数：{value}"),
    Aspect.CHAIN: Text("is started by the chain {value}", "启动链为 {value}"),
    Aspect.CALLS: Text("makes the calls {value}", "调用序列 {value}"),
}
_ANY = Text("the workload", "该工作负载")


def what(behaviour: Behaviour) -> Text:
    """What is done, without by whom: 'reads /etc/passwd'."""
    return _VERBS[behaviour.aspect].fill(value=behaviour.value or "-")


def said(behaviour: Behaviour) -> Text:
    """Who does what: '/usr/sbin/nginx reads /etc/passwd'."""
    done = what(behaviour)
    who_en, who_zh = behaviour.program or _ANY.en, behaviour.program or _ANY.zh
    return Text(f"{who_en} {done.en}", f"{who_zh} {done.zh}")


def why(evidence: Evidence) -> Text:
    """Why an entry is normal: its sources, and their own words."""
    en = ", ".join(SOURCES[source].en for source in evidence.sources)
    zh = "、".join(SOURCES[source].zh for source in evidence.sources)
    if evidence.because:
        return Text(
            f"{en}: {evidence.because}" if en else evidence.because, f"{zh}：{evidence.because}" if zh else evidence.because
        )
    return Text(en, zh)


def rhythm(evidence: Evidence) -> Text:
    """How regular it is, if it came in bursts that lay apart: 'every 23 h to 25 h'; nothing for what has no rhythm."""
    if evidence.bursts < 3 or not evidence.shortest or evidence.longest > 4 * evidence.shortest:
        return Text("", "")
    (low_en, low_zh), (high_en, high_zh) = _pause(evidence.shortest), _pause(evidence.longest)
    if low_en == high_en:
        return Text(f"every {low_en}", f"每 {low_zh}")
    return Text(f"every {low_en} to {high_en}", f"每 {low_zh}至 {high_zh}")


def _pause(seconds: int) -> tuple[str, str]:
    for length, en, zh in ((86_400, "d", "天"), (3600, "h", "小时"), (60, "min", "分钟")):
        if seconds >= length:
            return f"{round(seconds / length)} {en}", f"{round(seconds / length)} {zh}"
    return f"{seconds} s", f"{seconds} 秒"
