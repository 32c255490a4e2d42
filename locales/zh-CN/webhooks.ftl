# 事件推送与投递。

problem-webhook-off = 推送地址已停用
    .detail = 已停用的地址不会收到任何内容。请先启用：用 PATCH 提交 "enabled": true。

rule-url-invalid = 必须是网址，例如 https://crm.example.com/hooks
rule-url-not-https = 在此必须以 https:// 开头（设置 ONEOWNER_WEBHOOKS_PRIVATE 后可用 http）
rule-url-with-credentials = 不得包含用户名或密码
rule-url-port = 不允许使用该端口：只允许 443 以及 1024 及以上的端口
rule-url-private = 指向本机、内网或云平台元数据服务（设置 ONEOWNER_WEBHOOKS_PRIVATE 后可用内网地址）
rule-webhook-kind-unknown = 含有不存在的事件类型；customer.… 与 lead.… 见事件推送文档

permission-webhooks-read = 查看事件推送地址及其投递记录
permission-webhooks-change = 新增、修改、测试、删除推送地址，重新投递

webhook-disabled = 一个事件推送地址已停用
    .body = { $reason ->
        [gone] 推送地址 { $webhook } 回答自己已不存在（410），现已停用。
       *[failing] 三天来无法向推送地址 { $webhook } 投递任何内容，现已停用。
    } 此后产生的事件会暂存。地址恢复后，请启用它并重新投递全部内容。
