-- A role for the API and the workers that may add to what auditors read, and neither change nor delete it.
-- The tables belong to another role, which alone migrates: start `oneowner api` or `oneowner worker` once as that one
-- after every upgrade, then run this file as that one, then start everything as oneowner_service.
-- 供接口和工作进程使用的角色：对审计内容只能新增，不能修改或删除。表属于另一个角色，升级后先以该角色启动一次，再执行本文件。
GRANT USAGE ON SCHEMA public TO oneowner_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO oneowner_service;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO oneowner_service;
REVOKE UPDATE, DELETE ON
    events, lead_events, event_moves, event_removals, approval_acts, access_refusals, decisions, policies,
    policy_activations, audit_log, audit_tiles, audit_heads, alembic_version
    FROM oneowner_service;
-- What may change, within what the triggers allow: an event that the undoing of a merge moves or the undoing of an
-- import takes back, the state of an activation, and words that are erased.
GRANT DELETE ON events TO oneowner_service;
GRANT UPDATE (customer_id, data) ON events TO oneowner_service;
GRANT UPDATE (data) ON lead_events TO oneowner_service;
GRANT UPDATE (deed) ON approval_acts TO oneowner_service;
GRANT UPDATE (trace) ON decisions TO oneowner_service;
GRANT UPDATE (withdrawn_at, retried_at) ON policy_activations TO oneowner_service;
GRANT UPDATE (salt) ON audit_log TO oneowner_service;
