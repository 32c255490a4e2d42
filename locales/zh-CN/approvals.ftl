# 审批：由人决定的事。

problem-administrators-only = 仅限管理员
    .detail = 只有管理员可以立即改请代审人审批。
problem-already-asked = 已在审批人之列
    .detail = { $about } 本就在此步骤审批。请另选他人。
problem-approval-decided = 已有结果
    .detail = 此申请的状态为 { $outcome }，不能再作决定。
problem-approval-not-offered = 不可申请
    .detail = 策略没有 { $request } 的审批链。
problem-approval-not-returned = 未被退回
    .detail = 此申请没有被退回，无需重新提交。
problem-approval-returned = 已退回申请人
    .detail = 此申请已附问题退回，重新提交后才能审批。
problem-four-eyes = 本人的申请
    .detail = 申请人、受益人及其代理人不能审批此申请。
problem-link-invalid = 链接无效
    .detail = 此链接并非由本系统发出、已被改动或已过期。请在系统中审批。
problem-link-outdated = 链接已失效
    .detail = 此链接对应的步骤已结束。请重新查看申请。
problem-link-used = 链接已使用
    .detail = 已有人用此链接作出另一决定，链接只能使用一次。
problem-no-approver = 无人可审批
    .detail = 步骤 { $step } 无人可审批：策略指定 { $approver }，但没有可以作决定的人。
problem-not-asked = 未请您审批
    .detail = 目前不在等待您的审批。
problem-not-the-requester = 不是申请人
    .detail = 只有申请人可以这样做。
problem-reason-required = 须说明理由
    .detail = 策略要求此操作说明理由：{ $action }。
problem-too-many-steps = 步骤过多
    .detail = 审批链最多 { $limit } 步。
problem-unknown-approval = 申请不存在
    .detail = 没有此编号的申请。

# 申请的类别。
approval-kind-transfer = 客户转移
approval-kind-share = 客户共享
approval-kind-key-account = 大客户指定
approval-kind-referral = 跨区转介绍
approval-kind-merge = 客户合并
approval-kind-unmerge = 撤销合并
approval-kind-reassign = 人工改派
approval-kind-exception = 突破上限或冷却期领取

# 申请的进展。
approval-status-pending = 待审批
approval-status-returned = 已附问题退回
approval-status-approved = 已批准
approval-status-applied = 已批准并执行
approval-status-overtaken = 已批准，但情况已变
approval-status-rejected = 已拒绝
approval-status-recalled = 已撤回
approval-status-expired = 已过期

# 申请的规则。
rule-not-yourself = 必须是本人：不能以他人名义申请
rule-one-customer-only = 只能指定一个客户
rule-repeated = 不能重复
