# 客户身上发生的事，按事件种类。
event-customer-registered = 登记为新客户
event-owner-assigned = 已分配负责人
event-queued = 在队列中等待负责人
event-lead-received = 又收到一条线索
event-follow-up-logged = 记录了一次跟进
event-follow-up-warning = 已预警负责人：跟进即将逾期
event-follow-up-escalated = 已升级给经理：跟进即将逾期
event-reassigned = 已改派给其他负责人
event-recycled = 已回收到公海
event-owner-kept = 已逾期，但无人可接手：负责人不变
event-owner-changed = 客户指定了其他联系人，负责人已变更
event-claimed = 已从公海领取
event-released = 已退回公海
event-profile-changed = 客户资料已更正
event-recycling-held = 已逾期，但有合同、商机或领取保护：负责人暂不变
event-commitment-opened = 有一份合同或商机开始
event-commitment-closed = 有一份合同或商机结束
event-standing-changed = 客户级别或阶段已变更
event-designated = 管理层已指定负责人
event-queue-retried = 已重试分配：仍无人可接手
event-queue-overdue = 等待超时：已通知队列负责人
event-customer-merged = 已并入另一个客户
event-customer-absorbed = 并入了另一个客户
event-customer-unmerged = 已撤销合并，恢复为独立客户
event-customer-separated = 一个被并入的客户已恢复为独立客户
event-rules-changed = 改按另一版策略继续

# 线索上发生的事，按事件种类。
lead-event-received = 已收到
lead-event-asked = 可能是已知客户：请人确认
lead-event-reminded = 已提醒被询问的人
lead-event-escalated = 无人回答：已请其经理确认
lead-event-unsure = 有人不确定：已请经理确认
lead-event-answered = 已由人确认是谁
lead-event-time-up = 回答时限已到：按策略默认处理
lead-event-settled = 已处理完毕
