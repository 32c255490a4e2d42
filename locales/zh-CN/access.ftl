# 访问权限：用户、密钥、拒绝记录。

problem-in-anothers-name = 不能以他人名义
    .detail = 您只能以自己的名义操作；经理还可以以团队成员的名义操作。
problem-sign-in-elsewhere = 请在别处登录
    .detail = 本系统的用户在 { $issuer } 登录。
problem-too-many-requests = 请求过多
    .detail = 请在 Retry-After 给出的时间之后再试。
problem-unknown-user = 未知用户
    .detail = 令牌有效，但其所指的人不是（或不再是）这里的用户。请联系管理员。
problem-wrong-credentials = 用户名或密码错误
    .detail = 没有使用此用户名和密码的有效用户。

rule-role-not-human = 不能是 system，那是接口密钥的角色
rule-team-below = 不能是该团队本身或其下级团队
rule-user-reserved = 是保留名称，请换一个
rule-person-missing = 销售或经理必须指明对应的销售人员
rule-scope-not-a-systems = 只能是系统可拥有的权限
rule-expires-in-past = 必须是将来的时间

login-password = 密码
login-new-password = 新密码（至少 12 个字符）
login-kept = 已登录。令牌保存在 { $file }，仅您可读。

# 权限表。

role-rep = 销售
role-manager = 经理
role-sales-operations = 销售运营
role-administrator = 管理员
role-auditor = 审计员
role-system = 系统（接口密钥的上限）
permission-description-read = 查看接口说明
permission-leads-submit = 提交线索
permission-leads-check = 查询客户是否已存在
permission-leads-read = 查看线索
permission-leads-history-read = 查看线索的经过
permission-leads-confirm = 确认疑似重复的线索
permission-customers-read = 查看客户
permission-customers-history-read = 查看客户的经过、合并与分配
permission-customers-claim = 从公海领取客户
permission-customers-change = 跟进、更正、退回客户
permission-customers-assign = 为队列中的客户指定负责人
permission-customers-merge = 合并客户与撤销合并
permission-address-books-sync = 将通讯录与客户比对
permission-detectors-read = 查看撞单检测项及其记录
permission-imports-read = 查看导入
permission-imports-change = 导入客户文件
permission-decisions-read = 查看决策轨迹
permission-assignments-preview = 预演分配
permission-backtests-read = 查看策略回测
permission-backtests-run = 运行策略回测
permission-replays-read = 查看历史重放
permission-replays-run = 重放历史
permission-policies-read = 查看策略
permission-policies-change = 添加策略并使其生效
permission-directory-read = 查看销售、团队、区域与日历
permission-moves-read = 查看销售的异动与请假
permission-directory-change = 更改销售、团队、区域，办理异动
permission-me-read = 查看本人身份
permission-users-read = 查看用户
permission-users-change = 添加与更改用户
permission-keys-read = 查看接口密钥
permission-keys-change = 创建、轮换、吊销接口密钥
permission-refusals-read = 查看被拒绝的访问
permission-approvals-read = 查看审批
permission-approvals-request = 申请转移、共享等需审批的事项
permission-approvals-decide = 审批
permission-notifications-read = 查看和接收本人的通知
permission-notifications-change = 将本人的通知标为已读，设定通知方式
permissions-title = 谁可以做什么
permissions-introduction = 本文由 `oneowner user permissions` 根据服务实际执行的规则生成，测试保证二者一致。● 表示全部；“本人”指销售自己负责或被共享的客户，以及自己提交或被询问的线索；“团队”指经理所管团队及其全部下级团队成员的上述记录。销售和经理还能看到公海中的客户，在有人领取之前联系方式打码、不显示经过；以及策略指定由其负责的队列中的客户。如何登录、各种回应的含义，见 [access](access.md)。
permissions-of-rep = 本人
permissions-of-manager = 团队
permissions-route = 接口
permissions-permission = 权限
