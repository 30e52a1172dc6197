"""Words of `periderm registry` in both languages. Prints nothing."""

from __future__ import annotations

from periderm.app.registries import Watched
from periderm.model.text import Text
from periderm.model.watching import RegistryTag

HEAD = (
    Text("NAME", "名称"),
    Text("REGISTRY", "镜像仓库"),
    Text("STATE", "状态"),
    Text("LOOKED", "上次检查"),
    Text("NEXT", "下次检查"),
    Text("REPOSITORIES", "存储库"),
    Text("TAGS", "标签"),
    Text("NEW", "新镜像"),
    Text("PROBLEM", "问题"),
)
TAG_HEAD = (
    Text("TAG", "标签"),
    Text("STATE", "状态"),
    Text("PLATFORMS", "平台"),
    Text("CHANGED", "变更"),
    Text("SCANNED", "扫描"),
    Text("RUNNING", "运行中"),
    Text("DIGEST", "摘要"),
)
NONE = Text(
    "No registry is watched. Watch one: periderm registry add NAME REGISTRY --repository 'team/*'",
    "尚未监视任何镜像仓库。添加：periderm registry add 名称 地址 --repository 'team/*'",
)
ADDED = Text("{registry} is watched as {name}.", "已开始监视 {registry}，名称 {name}。")
REMOVED = Text("{name} is watched no more. What its images' scans found is kept.", "已停止监视 {name}。其镜像的扫描结果保留。")
PAUSED = Text("Watching {name} is paused.", "已暂停监视 {name}。")
RESUMED = Text("{name} is watched again.", "已恢复监视 {name}。")
SERVER_LOOKS = Text(
    "The server looks at it within seconds, if it runs: periderm registry show {name}",
    "若服务器正在运行，将在数秒内检查：periderm registry show {name}",
)
FAILING = Text("It cannot be looked at since {since}: {why}", "自 {since} 起无法检查：{why}")
LEFT_OUT = Text("Left out: {what}", "未检查：{what}")
NO_HOOKS = Text(
    "No webhook is taken for {name}. Take one: periderm registry hooks {name} add harbor",
    "{name} 尚未接收 webhook。添加：periderm registry hooks {name} add harbor",
)
HOOK_REMOVED = Text("Webhooks of {sender} are refused from now on.", "此后拒绝来自 {sender} 的 webhook。")
BY_HEADER = Text("It sends the header `Authorization: Bearer SECRET`.", "发送方须带请求头 `Authorization: Bearer SECRET`。")
BY_SIGNATURE = Text(
    "It signs the body with the secret (X-Hub-Signature-256).", "发送方用密钥对正文签名（X-Hub-Signature-256）。"
)
BY_ADDRESS = Text(
    "It can send neither headers nor signatures: the secret is in the address. Keep the address as a secret.",
    "发送方既不能带请求头也不能签名：密钥在地址中，请将地址视为机密。",
)
SECRET_LIES = Text("The secret lies in {where}", "密钥位于 {where}")
_STATES = {
    "paused": Text("paused", "已暂停"),
    "failing": Text("failing", "失败"),
    "looking": Text("being looked at", "检查中"),
    "new": Text("not looked at yet", "尚未检查"),
    "fine": Text("fine", "正常"),
}
_TAG_STATES = {
    "gone": Text("gone", "已消失"),
    "passed": Text("passed over", "未选中"),
    "unread": Text("cannot be read", "无法读取"),
    "none": Text("no image", "非镜像"),
    "waits": Text("not queued yet", "尚未入队"),
    "there": Text("there", "存在"),
}


def state_name(found: Watched) -> str:
    """How it goes, in a word."""
    if found.watch.paused:
        return "paused"
    if found.state.failing:
        return "failing"
    if found.state.looking:
        return "looking"
    return "fine" if found.state.looked else "new"


def state_of(found: Watched) -> Text:
    """The word in both languages."""
    return _STATES[state_name(found)]


def tag_state(tag: RegistryTag) -> Text:
    """What a tag is, in a word."""
    if tag.gone:
        return _TAG_STATES["gone"]
    if not tag.chosen:
        return _TAG_STATES["passed"]
    if not tag.digest:
        return _TAG_STATES["unread"]
    if not tag.images:
        return _TAG_STATES["none"]
    return _TAG_STATES["there" if tag.queued else "waits"]


def details(found: Watched) -> list[tuple[Text, str]]:
    """What is watched, line by line."""
    watch = found.watch
    chosen = watch.tags
    kept = [f"{n} {word}" for n, word in ((chosen.versions, "versions"), (chosen.newest, "newest")) if n]
    tags = ", ".join([*chosen.only, *(f"!{glob}" for glob in chosen.never), *kept])
    owner = " · ".join(part for part in (watch.owner.owner, watch.owner.application, watch.owner.environment) if part)
    told = [
        (Text("Registry", "镜像仓库"), watch.registry),
        (Text("Repositories", "存储库"), ", ".join(watch.repositories)),
        (Text("Tags", "标签"), tags),
        (Text("Platforms", "平台"), ", ".join(watch.platforms)),
        (Text("Every", "间隔"), f"{watch.every} s"),
        (Text("Credentials", "凭据"), watch.credentials or "docker"),
        (Text("Owner", "负责人"), owner),
        (Text("Webhooks", "Webhook"), ", ".join(hook.sender.value for hook in watch.hooks)),
    ]
    return [(label, value) for label, value in told if value]
