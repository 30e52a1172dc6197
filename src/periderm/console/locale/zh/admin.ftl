# 管理：再次确认身份、加入的机器、设置、负责人。
confirm-title = 请再次确认身份
confirm-why = 刚才的操作尚未执行。它可能被用来读取机密或使产品失明，因此需要再次输入密码。确认后请返回：已填写的内容仍在表单中。确认在 15 分钟内有效。
confirm-refused = 密码或验证码错误。连续错误五次，本次会话将结束。
confirm-owner = 您以本机所有者身份通过链接登录：请在本机上生成新的链接并打开，即可在 15 分钟内视为已确认。
confirm-go = 是我本人
confirm-here = 更改之前，请再次确认身份。
nav-machines = 机器
machines-lead = { $n ->
    [0] 尚无机器向此处报告。
   *[other] 有 { $n } 台机器向此处报告。
 }
machines-silent = 其中 { $n } 台没有消息：那里发生的事情此处看不到，但其代理仍在运行。
machines-search = 机器名称或编号
machines-none = 尚无机器向此处报告。请让一台机器加入，或用 periderm up 监视本机。
col-certificate-until = 证书有效至（UTC）
col-last-word = 最近消息
col-made-by = 创建者
machine-here = 本服务器所在的机器
machine-speaks = 正常
machine-silent = 没有消息
machine-never = 已加入，尚无消息
machine-revoked-by = 已由 { $who } 撤销
machine-revoke = 撤销
machine-revoke-hits = 从它的下一个请求起，不再接收其数据，也不再向其下发内容。其代理会继续监视，策略依然有效；所见内容会留在那里等待。若要恢复，须凭写有其名称、可取代原位的令牌重新加入。
machine-type-name = 请输入 { $name }
join-tokens = 加入令牌
join-lead = 机器凭令牌加入，每个令牌只能使用一次。绑定主机名后，令牌对其他机器无用。
join-made = 令牌如下，仅显示这一次：
join-take-up = 在要加入的机器上运行：
join-for = 用于
join-any = 任意机器
join-good = 未使用
join-used = 已使用：
join-revoked = 已收回
join-name = 主机名（留空表示任意）
join-good-for = 有效期
join-again = 可取代同名的已知机器
join-again-short = 可取代原位
join-new = 创建加入令牌
join-closed = 本服务器尚不接受其他机器。请在设置中指定监听位置（server.agents）并重新启动：
authorities = 证书
authorities-none = 本服务器没有 TLS 入口，因此也没有自己的证书机构。
authorities-lead = 服务器自任证书机构。机器会自动续签证书，并在续签时得知新的机构。
authority = 证书机构（指纹）
authority-issues = 签发中
authority-trusted = 仍受信任，不再签发
authority-roll = 启用新的证书机构
authority-roll-hits = 此后由新机构签发。旧机构在停用之前仍受信任，因此不会有机器断开。当服务器密钥可能外泄，或旧机构即将到期时，请执行此操作。
authority-retire = 停用
authority-retire-hits = 该机构不再受信任，其私钥会被删除。只要还有机器依赖它，就会被拒绝。此操作无法撤消。
door = 入口
door-agents = 其他机器的代理
door-console = 控制台与 API
door-place = 位置
door-signed = 签发者
door-own = 自有证书机构
door-given = 您提供的证书
door-renewed = 自动续签时间（UTC）
door-by-hand = 由您替换文件
hours = { $n ->
    [1] 一小时
    [24] 一天
    [168] 一周
    [720] 三十天
   *[other] { $n } 小时
 }
nav-settings = 设置
settings-lead = 本服务器当前使用的设置。文件位于
settings-how = 优先顺序：环境变量、文件、在此处的设置、默认值。此处的设置保存在文件之外，从不写入该文件；文件或环境变量已指定的值只能在那里更改。其他机器上的代理有各自的设置。
settings-unknown = 本进程不知道其设置的来源。
setting-value = 值
setting-from = 来源
setting-default = 默认值
setting-change = 更改
setting-waits = 重启后生效：
setting-live = 数秒内生效
setting-restart = 需要重启
setting-secrets = 机密
setting-is-set = 已设置
setting-not-set = 未设置
source-default = 默认
source-file = 文件
source-environment = 环境变量
settings-locked = 设置已锁定：仅采用文件与环境变量。
setting-change-of = 更改 { $name }
setting-new = 新值
setting-line = 第 { $n } 行
setting-hidden = 此处已设置但不生效：
setting-undo = 恢复为
setting-undo-nothing = 撤销：此前未在此处设置
setting-reset = 取消此处的设置
setting-open = 可在此更改
setting-held-never = 只能在文件或环境变量中更改
setting-held-locked = 已锁定
setting-held-environment = 已锁定：由环境变量指定
setting-held-file = 已锁定：由文件指定
source-console = 控制台
kind-of-text = 文本
kind-of-path = 路径
kind-of-switch = 开或关
kind-of-number = 整数
kind-of-share = 0 到 1
kind-of-choice = 选项
kind-of-list = 以逗号分隔的词
codes-scan = 或用应用扫描此图：
codes-picture = 供手机相机扫描的密钥图；可手动输入的密钥在下方
