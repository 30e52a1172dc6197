"""What `periderm baseline` says."""

from __future__ import annotations

from periderm.model.text import Text

LIST_HEAD = (
    Text("WORKLOAD", "工作负载"),
    Text("PHASE", "阶段"),
    Text("ENTRIES", "条目"),
    Text("TO REVIEW", "待审"),
    Text("DECISIONS", "决定"),
    Text("REPLICAS", "副本"),
    Text("WATCHED", "已观察"),
    Text("LAST NEWS", "最近新增"),
    Text("ID", "编号"),
)
NONE = Text(
    "No baseline yet: one is born with each image that is scanned and learned while its containers run (`periderm up`).",
    "尚无基线：镜像扫描时生成，容器运行时学习（`periderm up`）。",
)
SHOW_HEAD = (
    Text("ID", "编号"),
    Text("DOES", "行为"),
    Text("SEEN", "次数"),
    Text("REPLICAS", "副本"),
    Text("LAST", "最近"),
    Text("RHYTHM", "规律"),
    Text("WHY", "依据"),
)
SHOWN = Text(
    "{name}: {phase}, entries: {entries}, programs: {programs}. {said}",
    "{name}：{phase}，{programs} 个程序的 {entries} 个条目。{said}",
)
SETTLED = Text("It settled {when}, after {seconds} of watching.", "于{when}收敛，共观察 {seconds}。")
RESOURCES = Text(
    "Quantiles of CPU, memory, files and children kept beside: {count}", "另有 {count} 组 CPU、内存、文件与子进程的分位数。"
)
REVIEW_HEAD = (
    Text("ID", "编号"),
    Text("SEVERITY", "级别"),
    Text("TYPE", "类型"),
    Text("SURPRISE", "意外度"),
    Text("TIMES", "次数"),
    Text("LAST", "最近"),
    Text("WHAT", "行为"),
    Text("WHY", "原因"),
)
NOTHING_WAITS = Text(
    "{name}: nothing waits for review ({looked_at} deviations looked at).", "{name}：无待审项（已查看 {looked_at} 个偏离）。"
)
ALL_QUIET = Text("No deviation waits for review.", "没有待审的偏离。")
NEXT = Text(
    "Decide: periderm baseline accept|reject|generalise {name} ID… --reason WHY (first with --try).",
    "作出决定：periderm baseline accept|reject|generalise {name} ID… --reason 理由（可先加 --try）。",
)
NOT_WHOLE = Text(
    "There were more alerts than can be looked at; decide these first.",
    "告警过多，未能全部查看；请先处理这些。",
)
HIDDEN = Text(
    "Past alerts that it would have hidden: {total}, of them high or critical: {high}",
    "将隐藏 {total} 条历史告警，其中 {high} 条为高危或严重。",
)
HIDDEN_NONE = Text("It would have hidden no past alert.", "不会隐藏任何历史告警。")
TAKES_OUT = Text("It takes out of the baseline: {count}", "将从基线移除 {count} 个条目。")
STANDS_FOR = Text("Of what is normal already it stands for: {count}", "涵盖 {count} 个已属正常的条目。")
WOULD = {
    "accept": Text("Would become normal: {what}", "将视为正常：{what}"),
    "reject": Text("Would never be normal: {what}", "将永不视为正常：{what}"),
    "forget": Text("Would be forgotten, unless it is seen again: {what}", "将被遗忘，除非再次出现：{what}"),
}
DONE = Text("{name}: {verdict}, behaviours: {count}, decision {id}", "{name}：{verdict} {count} 个行为，决定 {id}")
UNDO = Text(
    "Undo: periderm baseline undo {name} {id} --reason WHY",
    "撤销：periderm baseline undo {name} {id} --reason 理由",
)
RELEASED = Text("{name} may teach again; alerts there stay: {id}", "{name} 恢复学习，已有告警保留：{id}")
RELEARNS = Text("{name} learns again; what is there stays: {id}", "{name} 重新学习，已有内容保留：{id}")
TAKEN_BACK = Text("Taken back: {id}", "已撤销：{id}")
VERSION_HEAD = (
    Text("ID", "编号"),
    Text("WHEN", "时间"),
    Text("WHAT", "决定"),
    Text("BEHAVIOURS", "行为"),
    Text("BY", "作者"),
    Text("REASON", "理由"),
)
UNDONE = Text("{verdict}, taken back", "{verdict}（已撤销）")
NO_VERSIONS = Text("Nobody has decided anything of {name}.", "尚无人对 {name} 作出决定。")
UNUSED_NONE = Text(
    "{name}: every entry was needed within {days} days, or it was not watched for so long.",
    "{name}：{days} 天内各条目均被用到，或观察时间不足。",
)
UNUSED_NEXT = Text(
    "Not needed for {days} days: {count}. Remove them: periderm baseline forget {name} --unused {days} --reason WHY",
    "{count} 个条目在 {days} 天内未被用到。移除：periderm baseline forget {name} --unused {days} --reason 理由",
)
ONLY = Text("Only in {name}: {count}", "仅 {name} 有：{count}")
BOTH = Text("In both: {count}", "两者皆有：{count}")
WROTE = Text("{out}: the baseline of {name}, entries: {entries}", "{out}：{name} 的基线，{entries} 个条目")
SIGNED = Text("Signed. Public key: {path}", "已签名。公钥：{path}")
IMPORTED = Text(
    "{name}: entries that are new here: {added}; normal already: {known} ({by})",
    "{name}：新增 {added} 个条目，{known} 个已属正常（{by}）",
)
BY = Text("signed by {signer}", "签名者 {signer}")
UNSIGNED = Text("not signed", "未签名")
TRIED = Text("Nothing was changed.", "未作任何更改。")
