# 搜索、时间与已保存的视图。
search-all = 搜索全部
search-go = 搜索
search-language = 搜索语法
search-how = 词语会在名称、标题和消息中查找。字段:值 用于缩小范围；星号代表任意内容；>= <= > < 用于比较；and、or、not、- 和括号用于组合；引号把词语连在一起。
search-field = 字段
search-meaning = 含义
search-values = 取值
search-bounded = 只查看了最新的 { $n } 条。请写得更具体，或指定时间，以查看其他内容。
search-left = 有 { $n } 类内容未搜索
search-placeholder = 搜索全部
found-incidents = 事件
found-alerts = 告警
found-findings = 风险
found-vulnerabilities = 漏洞
found-images = 镜像
found-packages = 软件包
found-assets = 资产
found-baselines = 基线
found-detectors = 检测器
found-audit = 审计日志
found-all = 显示全部
when-any = 不限时间
when-now = 现在
when-since = 起
when-until = 止
when-between = { $since } 至 { $until }
when-help = 15m、2h 或 30d 之前，或 UTC 时刻，例如 2026-11-22T10:00。
views = { $n ->
    [0] 已保存的视图
   *[other] { $n } 个已保存的视图
 }
views-none = 还没有。可以给当前页面起个名字保存下来。
view-name = 名称
view-share = 所有人可见
view-save = 保存此视图
view-shared-by = 由 { $who } 共享
view-remove-of = 移除视图 { $name }
