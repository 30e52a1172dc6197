# 事件中的进程还做了什么。
traces-title = 网络流、文件与原始事件
traces-see = 查看该事件的进程还做了什么
traces-not-kept = 服务器所在机器上没有保存该时段的事件：每个节点各自保存。下面是告警中的内容。
traces-part = 只查看了最早的 { $n } 个事件；可在下方查看全部。
traces-flows = { $n ->
    [0] 网络流
   *[other] { $n } 条网络流
 }
traces-files = { $n ->
    [0] 文件
   *[other] { $n } 个文件
 }
traces-raw = { $n ->
    [0] 原始事件
   *[other] { $n } 个原始事件
 }
traces-no-flows = 未见其进程与外界通信。
traces-no-files = 未见其进程访问文件。
traces-way = 方式
traces-peer = 对端
traces-file = 文件
traces-count = 次数
traces-alerted = 告警
traces-refused = （未成功）
traces-all = 起始时间前后的全部事件
way-connect = 连接到
way-accept = 被连接自
way-listen = 监听
way-resolve = 查询域名
way-stdio = 输入输出
way-run = 执行
way-read = 读取
way-write = 写入
way-create = 创建
way-delete = 删除
way-rename = 重命名
way-link = 链接
way-change = 更改
way-load = 加载
export-pdf = 导出 PDF
