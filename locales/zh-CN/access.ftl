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
