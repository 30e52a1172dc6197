# 镜像、漏洞、软件包、例外。
nav-images = 镜像
nav-vulnerabilities = 漏洞
nav-packages = 软件包
nav-exceptions = 例外
finding-licence = 许可证
finding-end-of-life = 停止支持
finding-malware = 恶意软件
finding-code = 代码
finding-untrusted = 不可信
vulnerability = 漏洞
col-findings = 弱点
col-packages = 软件包
col-fixable = 可修复
col-running = 运行中
col-size = 大小
col-image = 镜像
col-user = 用户
col-images = 镜像数
col-priority = 优先级
col-fix = 修复
col-version = 版本
col-licence = 许可证
col-step = 构建步骤
col-has = 现有版本
col-needs = 需要版本
col-places = 处数
col-scope = 适用范围
col-ends = 截止
col-made = 创建
of-n = { $whole } 个中的 { $part } 个
of-100 = 满分 100
and-n = 等另外 { $n } 个
more-n = 另有 { $n } 项
no-findings = 无
took = 用时
based-on = 基于
ports = 端口
base = 基础镜像
own-layers = 自有层
reason = 理由
remove = 移除
only = 只看
only-exploited = 已被实际利用
only-fixed = 已有修复
only-running = 正在容器中运行
exploited = 已被利用
exploited-n = { $n } 个已被利用
images-lead =
    { $n ->
        [0] 没有符合条件的镜像。
       *[other] 已知 { $n } 个镜像，最需要处理的排在最前。
    }
images-none = 还不知道任何镜像。开始监视这台机器，就会找到并扫描其中的镜像：
search-images = 搜索名称、摘要、系统
image-scanned = 已扫描
image-failed = 扫描失败
image-unscanned = 从未扫描
image-waiting = 等待扫描
image-never =
    还没有检查过这个镜像，不知道它有什么问题。{ $running ->
        [0] 目前没有容器在运行它。
       *[other] 目前有 { $running } 个容器在运行它。
    }
image-waits = 它正在等待扫描进程。如果等了很久，请查看扫描进程是否在运行：
image-scan-it = 立即检查：
image-failure = 最近一次扫描失败：
image-lead =
    { $vulnerabilities ->
        [0] 没有已知漏洞。
       *[other] 已知 { $vulnerabilities } 个漏洞，其中 { $fixable } 个已有修复。
    }{ $running ->
        [0] 目前没有容器在运行它。
       *[other] 目前有 { $running } 个容器在运行它。
    }
image-exploited = 其中 { $n } 个已被实际利用。
image-not-matched = 它的软件包尚未与安全公告比对，因此不知道哪些存在漏洞。获取公告：
built = 构建于
see-image = 查看镜像的层、软件包和改动建议
as-asset = 作为资产查看
count-layers = { $n } 层
h-layers = 每一层带来了什么
h-config = 启动方式
layers-picture = 同一组镜像层的三条横条：大小、软件包、按严重性划分的弱点。下表内容相同。
layers-legend = 数字为层号；顺着往下看，就知道这一层带来了什么
bar-size = 大小：{ $size }
bar-packages = 软件包：{ $n } 个
bar-findings = 弱点：{ $n } 个
what-to-change = 怎么改
nothing-to-change = 目前没有已知的升级能消除这里的弱点。其他弱点的修复方法见各自的说明。
more-changes = 另有 { $n } 项改动，风险依次更低
change-upgrade = 升级
change-base-image = 更换基础镜像
change-remove = 移除
change-rebuild = 重新构建
change-ends = 消除 { $n } 个弱点，风险 { $risk }
unfixed = { $n } 个漏洞尚无修复
other-findings = 另外 { $n } 个弱点：密钥、配置、许可证
looked-at = 只查看了 { $total } 个弱点中的 { $n } 个。
hidden-here = 有 { $n } 个弱点因例外而不计
hides-n = 隐藏 { $n } 个弱点
show-them = 查看
except-here = 为这个镜像添加例外
except-this = 添加例外
runs-in = { $n } 个容器正在运行它
not-examined = 有 { $n } 处未检查
vulnerabilities-lead =
    { $n ->
        [0] 没有符合条件的漏洞。
       *[other] 已扫描内容中有 { $n } 个漏洞，最紧急的排在最前。
    }
vulnerabilities-none = 已扫描内容中没有已知漏洞。没有安全公告就无从得知；获取公告：
search-vulnerabilities = 搜索编号、软件包、标题
fix-there = 已有
fix-none = 尚无
vulnerability-where =
    存在于 { $images } 个镜像、{ $packages } 个软件包中；{ $running ->
        [0] 目前没有容器在运行它。
       *[other] 目前有 { $running } 个容器在运行它。
    }
exploited-known = 它已被实际利用。
ransomware = 勒索软件在使用它。
priority-of = 优先级 { $n }（满分 100），原因如下
priority-how = 这是最严重之处的各项理由，相加即为优先级。
no-reasons = 没有存下理由：匹配时还没有计算优先级。
where-else = { $name } 还在哪里，以及全部已知信息
where-is-it = 在哪里：{ $n } 处
what-is-known = 已知信息
rated-by = 评级来源
more-likely-than = 高于 { $share } 的漏洞
verdict = 结论
says = 来源
verdict-affected = 受影响
verdict-not-affected = 不受影响
verdict-will-not-fix = 不会修复
verdict-fix-deferred = 推迟修复
verdict-under-investigation = 调查中
verdict-end-of-life = 已停止支持
fixed-since = 修复发布
published = 公布
aliases = 别名
references-links = 延伸阅读
packages-lead =
    { $n ->
        [0] 没有已知的软件包。
       *[other] 已扫描内容中有 { $n } 个软件包。可以查询其中任何一个在哪里。
    }
packages-found =
    { $n ->
        [0] 已扫描内容中没有它。
       *[other] 它在 { $n } 处。
    }
packages-none = 还没有扫描过任何内容。开始监视这台机器，就会扫描其中的镜像：
packages-none-here = 扫描没有在这里找到软件包。
packages-nowhere = 已扫描的镜像中没有这样的软件包。输入更短的一段名称可以找到更多；从未扫描的镜像无法搜索。
search-packages = 名称或 package URL 的一部分
search-whole = 输入“=openssl”只查完整名称。
exceptions-lead = 人们决定哪些不计入、为什么、由谁负责、到什么时候为止。不会悄悄隐藏：每个页面都会说明例外去掉了什么。
exceptions-none = 还没有例外。例外针对漏洞、软件包、镜像或路径，须有理由和截止日期。
exception-new = 新的例外
exception-how = 所有已填的栏目都须匹配；同一栏内的多项用逗号分隔。* 和 ? 代表任意内容。
exception-preview = 查看它会隐藏什么
exception-add = 添加例外
exception-change = 修改
scope-findings = 弱点
scope-packages = 软件包
scope-images = 镜像
scope-digests = 摘要
scope-paths = 路径
scope-assets = 资产
example-owner = 团队或个人
preview-title =
    { $n ->
        [0] 目前不会隐藏任何内容
       *[other] 会隐藏 { $n } 个弱点
    }
preview-lead =
    { $findings ->
        [0] 没有匹配的弱点。仍可添加，对以后出现的生效。
       *[other] { $images ->
            [0] 都不属于镜像。
           *[other] 分布在 { $images } 个镜像中。
        }它们仍然可见，并标明为例外；例外到期后重新计入。
    }
preview-hits = 共 { $total } 个，显示前 { $shown } 个
preview-none = 目前没有匹配的内容。
expired = 已过期
scan-again = 重新扫描
excepted = 已例外
excepted-n = 其中 { $n } 个已例外
excepted-of = { $all } 个中有 { $n } 个已例外
excepted-all = 全部弱点中有 { $n } 个已例外。
