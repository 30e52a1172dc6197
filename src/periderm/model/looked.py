"""Says to a person which files' bytes were looked at for malware, and which not. Decides nothing."""

from __future__ import annotations

from periderm.model.contents import COSTLY, DATA, LARGE, UNFINISHED, LookedAt
from periderm.model.text import Text

_LOOKED = Text(
    "Looked for malware: {files} files ({size} MiB; {programs} programs, {scripts} scripts) sifted for the words of {rules} "
    "rules, {examined} of them examined; {checked} system files compared with their packages' checksums.",
    "恶意软件检查：用 {rules} 条规则的特征筛查 {files} 个文件（{size} MiB；{programs} 个程序、{scripts} 个脚本），"
    "其中 {examined} 个经规则检查；{checked} 个系统文件与软件包校验和比对。",
)
_LEFT = {
    LARGE: Text("too large", "过大"),
    DATA: Text("data that nothing runs", "不可执行的数据"),
    COSTLY: Text("beyond the limit of all files together", "超出总量限制"),
    UNFINISHED: Text("that took too long", "耗时过长"),
}


def looked(contents: LookedAt) -> Text:
    """What was looked at for malware, and what not."""
    left = ", ".join(f"{count} {_LEFT[why].en}" for why, count in contents.left.items() if why in _LEFT and count)
    left_zh = "，".join(f"{count} 个{_LEFT[why].zh}" for why, count in contents.left.items() if why in _LEFT and count)
    told = _LOOKED.fill(
        files=f"{contents.sifted:,}",
        size=contents.sifted_bytes >> 20,
        programs=f"{contents.programs:,}",
        scripts=f"{contents.scripts:,}",
        examined=f"{contents.examined:,}",
        checked=f"{contents.checked:,}",
        rules=contents.rules,
    )
    rest = Text(f" Not looked at: {left}.", f"未查看：{left_zh}。") if left else Text("", "")
    return Text(told.en + rest.en, told.zh + rest.zh)
