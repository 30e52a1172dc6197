"""What the HTML report says besides the findings' own words, in both languages, and how foreign text is made harmless."""

from __future__ import annotations

import html

from periderm.model.finding import FindingKind
from periderm.model.report import TargetKind
from periderm.model.severity import Severity
from periderm.model.text import Text

SEVERITIES = {
    Severity.CRITICAL: Text("C critical", "C 严重"),
    Severity.HIGH: Text("H high", "H 高"),
    Severity.MEDIUM: Text("M medium", "M 中"),
    Severity.LOW: Text("L low", "L 低"),
    Severity.INFORMATIONAL: Text("i informational", "i 提示"),
    Severity.UNKNOWN: Text("? unknown", "? 未知"),
}
KINDS = {
    FindingKind.VULNERABILITY: Text("vulnerability", "漏洞"),
    FindingKind.SECRET: Text("secret", "密钥"),
    FindingKind.CONFIGURATION: Text("configuration", "配置"),
    FindingKind.LICENCE: Text("licence", "许可证"),
    FindingKind.END_OF_LIFE: Text("end of life", "停止支持"),
    FindingKind.NOT_EXAMINED: Text("not examined", "未检查"),
    FindingKind.MALWARE: Text("malware", "恶意软件"),
    FindingKind.CODE: Text("code", "代码"),
    FindingKind.UNTRUSTED: Text("untrusted", "不受信任"),
}
TARGETS = {
    TargetKind.IMAGE: Text("Image", "镜像"),
    TargetKind.FILESYSTEM: Text("File system", "文件系统"),
    TargetKind.SOURCE: Text("Source code", "源代码"),
    TargetKind.REPOSITORY: Text("Repository", "代码仓库"),
    TargetKind.SBOM: Text("Bill of materials", "软件物料清单"),
    TargetKind.CONTAINER: Text("Container", "容器"),
    TargetKind.HOST: Text("Host", "主机"),
    TargetKind.DISK: Text("Disk", "磁盘"),
    TargetKind.PIPELINE: Text("Pipeline", "流水线"),
}
TRUST = Text("Trust", "信任")
TRUSTED = Text("Trusted by the rule '{rule}' of {policy}.", "符合 {policy} 的规则“{rule}”，可以信任。")
UNTRUSTED = Text("Not trusted by {policy} (rule: {rule}).", "不符合 {policy}（规则：{rule}），不予信任。")
SIGNED_BY = Text("Signed by", "签名者")
SIGNED_WHAT = Text("What", "内容")
VERIFIED = Text("Verified", "已验证")
REFUSED = Text("Does not count", "不计入")
THE_IMAGE = Text("the image", "镜像")
TITLE = Text("Scan of {target}", "{target} 的扫描结果")
FACTS = Text(
    "{kind} · {system} · {packages} packages · {layers} layers · scanned {time}",
    "{kind} · {system} · {packages} 个软件包 · {layers} 层 · 扫描于 {time}",
)
NO_SYSTEM = Text("no distribution found", "未识别发行版")
FINDINGS = Text("Findings", "弱点")
ALL = Text("findings", "个弱点")
NONE = Text("Nothing was found.", "没有发现弱点。")
PLAN = Text("What to change first", "首先修改什么")
ENDS = Text(
    "Findings that it ends: {count} · priority that it takes away: {risk}", "消除 {count} 个弱点 · 减少优先级 {risk} 分"
)
MORE_STEPS = Text("{count} more changes", "另有 {count} 项修改")
PICTURE = Text("The picture", "总览")
BY_SEVERITY = Text("By severity", "按严重程度")
BY_PRIORITY = Text("By priority (0 to 100)", "按优先级（0 到 100）")
BY_LAYER = Text("By layer", "按层")
BY_PACKAGE = Text("Packages with the most", "弱点最多的软件包")
BY_LICENCE = Text("Licences of the packages", "软件包的许可证")
NO_LAYER = Text("no layer", "无层")
NO_LICENCE = Text("not told", "未说明")
OTHERS = Text("others", "其他")
PRIORITY = Text("Priority", "优先级")
SEVERITY = Text("Severity", "严重程度")
WHAT = Text("Finding", "弱点")
WHERE = Text("Package and place", "软件包与位置")
CHANGE = Text("What to change", "如何修改")
FIXED_IN = Text("fixed in {version}", "修复于 {version}")
NO_FIX = Text("no fix yet", "尚无修复")
EXPLOITED = Text("exploited in the wild", "已被利用")
WHY = Text("Why, and where to read more", "原因与更多资料")
POINTS = Text("{text} ({points} points)", "{text}（{points} 分）")
MORE = Text("{count} more, less urgent", "另有 {count} 个不太紧急的弱点")
EXCUSED = Text("Left out by exceptions ({count})", "由例外排除（{count}）")
EXCUSE = Text("{reason} ({owner}, until {until})", "{reason}（{owner}，至 {until}）")
SPARED = Text("Not affected, says a VEX statement ({count})", "VEX 声明不受影响（{count}）")
PACKAGES = Text("All packages ({count})", "全部软件包（{count}）")
NAME, VERSION, LICENCE, PATH = Text("Name", "名称"), Text("Version", "版本"), Text("Licence", "许可证"), Text("File", "文件")
UNSEEN = Text("Not examined", "未检查的部分")
STARTER = Text(
    "Only the starter set of advisories was used: {count} well-known vulnerabilities. Most are not in it. "
    "The command periderm advisories update fetches all.",
    "仅使用了随产品附带的入门公告：{count} 个知名漏洞，大多数漏洞不在其中。运行 periderm advisories update 可获取全部。",
)
ADVISORIES = Text("Advisories: {count}, of {built}, state {digest}.", "漏洞公告：{count} 条，时间 {built}，状态 {digest}。")
MADE = Text("Made by Periderm {version} in {seconds} s.", "由 Periderm {version} 生成，用时 {seconds} 秒。")


def visible(text: str) -> str:
    """Foreign text with its control and direction characters as visible escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def plain(text: str) -> str:
    """Foreign text as text: nothing hidden in it, and nothing of it markup."""
    return html.escape(visible(text))


def label(text: str, columns: int) -> str:
    """The beginning of a foreign text that fits so many columns (signs of Chinese take two), escaped."""
    text, used = visible(text), 0
    for number, sign in enumerate(text):
        used += 1 if sign < "\u1100" else 2
        if used > columns:
            return html.escape(text[: max(0, number - 1)] + "…")
    return html.escape(text)
