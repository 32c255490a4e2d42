"""Who may call what: one table of all routes, and one of all roles."""

from collections.abc import Mapping
from enum import StrEnum

from domain.role import Role as Role
from store.visibility import Reach


class Permission(StrEnum):
    """What a route asks of its caller."""

    PUBLIC = "public"
    """No token: health checks, which tell of nobody, the sign-in, and what carries a signature of its own."""
    DESCRIPTION_READ = "description.read"
    LEADS_SUBMIT = "leads.submit"
    LEADS_CHECK = "leads.check"
    LEADS_READ = "leads.read"
    LEADS_HISTORY = "leads.history.read"
    LEADS_CONFIRM = "leads.confirm"
    CUSTOMERS_READ = "customers.read"
    CUSTOMERS_HISTORY = "customers.history.read"
    CUSTOMERS_CLAIM = "customers.claim"
    CUSTOMERS_CHANGE = "customers.change"
    CUSTOMERS_ASSIGN = "customers.assign"
    CUSTOMERS_MERGE = "customers.merge"
    APPROVALS_READ = "approvals.read"
    APPROVALS_REQUEST = "approvals.request"
    APPROVALS_DECIDE = "approvals.decide"
    ADDRESS_BOOKS_SYNC = "address_books.sync"
    DETECTORS_READ = "detectors.read"
    COLLISIONS_READ = "collisions.read"
    COLLISIONS_REPORT = "collisions.report"
    COLLISIONS_SETTLE = "collisions.settle"
    IMPORTS_READ = "imports.read"
    IMPORTS_CHANGE = "imports.change"
    DECISIONS_READ = "decisions.read"
    ASSIGNMENTS_PREVIEW = "assignments.preview"
    BACKTESTS_READ = "backtests.read"
    BACKTESTS_RUN = "backtests.run"
    KPIS_READ = "kpis.read"
    KPI_ALERTS_READ = "kpi-alerts.read"
    POLICIES_READ = "policies.read"
    POLICIES_CHANGE = "policies.change"
    DIRECTORY_READ = "directory.read"
    MOVES_READ = "moves.read"
    DIRECTORY_CHANGE = "directory.change"
    NOTIFICATIONS_READ = "notifications.read"
    NOTIFICATIONS_CHANGE = "notifications.change"
    ME_READ = "me.read"
    USERS_READ = "users.read"
    USERS_CHANGE = "users.change"
    KEYS_READ = "keys.read"
    KEYS_CHANGE = "keys.change"
    WEBHOOKS_READ = "webhooks.read"
    WEBHOOKS_CHANGE = "webhooks.change"
    CONNECTORS_READ = "connectors.read"
    CONNECTORS_CHANGE = "connectors.change"
    INBOUND_READ = "inbound.read"
    INBOUND_RESOLVE = "inbound.resolve"
    REFUSALS_READ = "refusals.read"
    AUDIT_READ = "audit.read"
    REPLAYS_READ = "replays.read"
    REPLAYS_RUN = "replays.run"


_EVERYBODY = frozenset({Permission.PUBLIC, Permission.DESCRIPTION_READ, Permission.ME_READ, Permission.DIRECTORY_READ})
_NOTIFICATIONS = frozenset({Permission.NOTIFICATIONS_READ, Permission.NOTIFICATIONS_CHANGE})
"""For people: a system is told by webhooks."""
_REP = _EVERYBODY | {
    Permission.LEADS_SUBMIT,
    Permission.LEADS_CHECK,
    Permission.LEADS_READ,
    Permission.LEADS_HISTORY,
    Permission.LEADS_CONFIRM,
    Permission.CUSTOMERS_READ,
    Permission.CUSTOMERS_HISTORY,
    Permission.CUSTOMERS_CLAIM,
    Permission.CUSTOMERS_CHANGE,
    Permission.APPROVALS_READ,
    Permission.APPROVALS_REQUEST,
    Permission.APPROVALS_DECIDE,
    Permission.ADDRESS_BOOKS_SYNC,
    Permission.COLLISIONS_READ,
    Permission.COLLISIONS_REPORT,
    Permission.COLLISIONS_SETTLE,
    *_NOTIFICATIONS,
    Permission.KPIS_READ,
}
_MANAGER = _REP | {
    Permission.CUSTOMERS_ASSIGN,
    Permission.CUSTOMERS_MERGE,
    Permission.DECISIONS_READ,
    Permission.DETECTORS_READ,
    Permission.KPI_ALERTS_READ,
    Permission.MOVES_READ,
    Permission.POLICIES_READ,
}
_SALES_OPERATIONS = _MANAGER | {
    Permission.ASSIGNMENTS_PREVIEW,
    Permission.BACKTESTS_READ,
    Permission.BACKTESTS_RUN,
    Permission.DIRECTORY_CHANGE,
    Permission.IMPORTS_READ,
    Permission.IMPORTS_CHANGE,
    Permission.INBOUND_READ,
    Permission.INBOUND_RESOLVE,
    Permission.POLICIES_CHANGE,
}
_AUDITOR = frozenset(it for it in Permission if it.endswith(".read")) | {
    Permission.PUBLIC,
    Permission.REPLAYS_RUN,
}

ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.REP: _REP,
    Role.MANAGER: _MANAGER,
    Role.SALES_OPERATIONS: _SALES_OPERATIONS,
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.AUDITOR: _AUDITOR,
    Role.SYSTEM: _SALES_OPERATIONS
    - {Permission.POLICIES_CHANGE, Permission.APPROVALS_DECIDE, Permission.COLLISIONS_SETTLE}
    - _NOTIFICATIONS,
}
"""What each role may do. For a system it is the most that its key may be given; see ``KEY_SCOPES``."""

KEY_SCOPES = _EVERYBODY | {
    Permission.LEADS_SUBMIT,
    Permission.LEADS_CHECK,
    Permission.LEADS_READ,
    Permission.LEADS_HISTORY,
    Permission.CUSTOMERS_READ,
    Permission.CUSTOMERS_HISTORY,
    Permission.MOVES_READ,
}
"""What a key may do unless it is given other scopes."""
REACHES: Mapping[Permission, Reach] = {
    Permission.LEADS_READ: Reach.SIGHT,
    Permission.CUSTOMERS_READ: Reach.SIGHT,
    Permission.CUSTOMERS_CLAIM: Reach.SIGHT,
    Permission.CUSTOMERS_ASSIGN: Reach.SIGHT,
    Permission.APPROVALS_REQUEST: Reach.NOTHING,
}
"""How much of the record in its path a route needs, where that is not all to read it and the right to change it.

Who asks for something for themselves need know no more than that the customer exists."""

ROUTES: Mapping[tuple[str, str], Permission] = {
    ("GET", "/healthz"): Permission.PUBLIC,
    ("GET", "/readyz"): Permission.PUBLIC,
    ("GET", "/metrics"): Permission.PUBLIC,
    ("GET", "/openapi.json"): Permission.DESCRIPTION_READ,
    ("POST", "/v1/sessions"): Permission.PUBLIC,
    ("GET", "/v1/me"): Permission.ME_READ,
    ("GET", "/v1/me/notification-settings"): Permission.NOTIFICATIONS_READ,
    ("PUT", "/v1/me/notification-settings"): Permission.NOTIFICATIONS_CHANGE,
    ("GET", "/v1/reps/{rep_id}/notification-settings"): Permission.USERS_READ,
    ("PUT", "/v1/reps/{rep_id}/notification-settings"): Permission.USERS_CHANGE,
    ("GET", "/v1/notifications"): Permission.NOTIFICATIONS_READ,
    ("GET", "/v1/notifications/unread"): Permission.NOTIFICATIONS_READ,
    ("POST", "/v1/notifications/read"): Permission.NOTIFICATIONS_CHANGE,
    ("GET", "/v1/notifications/stream"): Permission.NOTIFICATIONS_READ,
    ("GET", "/v1/users"): Permission.USERS_READ,
    ("POST", "/v1/users"): Permission.USERS_CHANGE,
    ("GET", "/v1/users/{user_id}"): Permission.USERS_READ,
    ("PATCH", "/v1/users/{user_id}"): Permission.USERS_CHANGE,
    ("GET", "/v1/access-refusals"): Permission.REFUSALS_READ,
    ("GET", "/v1/audit/timeline"): Permission.AUDIT_READ,
    ("GET", "/v1/audit/export"): Permission.AUDIT_READ,
    ("GET", "/v1/audit/samples"): Permission.AUDIT_READ,
    ("GET", "/v1/audit/heads"): Permission.AUDIT_READ,
    ("GET", "/v1/audit/proofs/inclusion"): Permission.AUDIT_READ,
    ("GET", "/v1/audit/proofs/consistency"): Permission.AUDIT_READ,
    ("GET", "/v1/api-keys"): Permission.KEYS_READ,
    ("POST", "/v1/api-keys"): Permission.KEYS_CHANGE,
    ("POST", "/v1/api-keys/{key_id}/rotate"): Permission.KEYS_CHANGE,
    ("POST", "/v1/api-keys/{key_id}/revoke"): Permission.KEYS_CHANGE,
    ("GET", "/v1/webhooks"): Permission.WEBHOOKS_READ,
    ("POST", "/v1/webhooks"): Permission.WEBHOOKS_CHANGE,
    ("GET", "/v1/webhooks/{webhook_id}"): Permission.WEBHOOKS_READ,
    ("PATCH", "/v1/webhooks/{webhook_id}"): Permission.WEBHOOKS_CHANGE,
    ("DELETE", "/v1/webhooks/{webhook_id}"): Permission.WEBHOOKS_CHANGE,
    ("POST", "/v1/webhooks/{webhook_id}/rotate"): Permission.WEBHOOKS_CHANGE,
    ("POST", "/v1/webhooks/{webhook_id}/ping"): Permission.WEBHOOKS_CHANGE,
    ("POST", "/v1/webhooks/{webhook_id}/replay"): Permission.WEBHOOKS_CHANGE,
    ("GET", "/v1/webhooks/{webhook_id}/deliveries"): Permission.WEBHOOKS_READ,
    ("GET", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}"): Permission.WEBHOOKS_READ,
    ("POST", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay"): Permission.WEBHOOKS_CHANGE,
    ("GET", "/v1/connectors"): Permission.CONNECTORS_READ,
    ("POST", "/v1/connectors"): Permission.CONNECTORS_CHANGE,
    ("GET", "/v1/connectors/{connector_id}"): Permission.CONNECTORS_READ,
    ("PATCH", "/v1/connectors/{connector_id}"): Permission.CONNECTORS_CHANGE,
    ("POST", "/v1/connectors/{connector_id}/rotate"): Permission.CONNECTORS_CHANGE,
    ("POST", "/v1/connectors/{connector_id}/revoke"): Permission.CONNECTORS_CHANGE,
    ("POST", "/v1/inbound/{connector_id}"): Permission.PUBLIC,
    ("GET", "/v1/inbound/unmatched"): Permission.INBOUND_READ,
    ("POST", "/v1/inbound/unmatched/{report_id}/resolution"): Permission.INBOUND_RESOLVE,
    ("GET", "/v1/inbound/reports/{report_id}"): Permission.INBOUND_READ,
    ("GET", "/v1/leads"): Permission.LEADS_READ,
    ("POST", "/v1/leads"): Permission.LEADS_SUBMIT,
    ("POST", "/v1/leads/check"): Permission.LEADS_CHECK,
    ("GET", "/v1/leads/{lead_id}"): Permission.LEADS_READ,
    ("GET", "/v1/leads/{lead_id}/timeline"): Permission.LEADS_HISTORY,
    ("POST", "/v1/leads/{lead_id}/confirmation"): Permission.LEADS_CONFIRM,
    ("GET", "/v1/customers"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/customers/{customer_id}"): Permission.CUSTOMERS_READ,
    ("PATCH", "/v1/customers/{customer_id}"): Permission.CUSTOMERS_CHANGE,
    ("GET", "/v1/customers/{customer_id}/timeline"): Permission.CUSTOMERS_HISTORY,
    ("POST", "/v1/customers/{customer_id}/follow-ups"): Permission.CUSTOMERS_CHANGE,
    ("POST", "/v1/customers/{customer_id}/claim"): Permission.CUSTOMERS_CLAIM,
    ("POST", "/v1/customers/{customer_id}/release"): Permission.CUSTOMERS_CHANGE,
    ("POST", "/v1/customers/{customer_id}/assign"): Permission.CUSTOMERS_ASSIGN,
    ("PUT", "/v1/customers/{customer_id}/standing"): Permission.CUSTOMERS_CHANGE,
    ("POST", "/v1/customers/{customer_id}/commitments"): Permission.CUSTOMERS_CHANGE,
    ("DELETE", "/v1/customers/{customer_id}/commitments/{kind}/{reference}"): Permission.CUSTOMERS_CHANGE,
    ("DELETE", "/v1/customers/{customer_id}/shares/{rep_id}"): Permission.CUSTOMERS_CHANGE,
    ("GET", "/v1/customers/{customer_id}/surveys"): Permission.CUSTOMERS_HISTORY,
    ("POST", "/v1/customers/{customer_id}/surveys"): Permission.CUSTOMERS_CHANGE,
    ("GET", "/v1/surveys"): Permission.PUBLIC,
    ("POST", "/v1/surveys"): Permission.PUBLIC,
    ("GET", "/v1/pools"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/pools/{name}/customers"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/queues"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/queues/{name}/customers"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/customers/{customer_id}/merges"): Permission.CUSTOMERS_HISTORY,
    ("POST", "/v1/customers/{customer_id}/merge"): Permission.CUSTOMERS_MERGE,
    ("POST", "/v1/customers/{customer_id}/merge/preview"): Permission.CUSTOMERS_MERGE,
    ("POST", "/v1/customers/{customer_id}/merges/{merge_id}/items/{item}"): Permission.CUSTOMERS_MERGE,
    ("POST", "/v1/customers/{customer_id}/unmerge"): Permission.CUSTOMERS_MERGE,
    ("POST", "/v1/customers/{customer_id}/transfer-requests"): Permission.APPROVALS_REQUEST,
    ("POST", "/v1/customers/{customer_id}/share-requests"): Permission.APPROVALS_REQUEST,
    ("GET", "/v1/approvals"): Permission.APPROVALS_READ,
    ("POST", "/v1/approvals"): Permission.APPROVALS_REQUEST,
    ("GET", "/v1/approvals/{approval_id}"): Permission.APPROVALS_READ,
    ("GET", "/v1/approvals/{approval_id}/timeline"): Permission.APPROVALS_READ,
    ("POST", "/v1/approvals/{approval_id}/decisions"): Permission.APPROVALS_DECIDE,
    ("POST", "/v1/approvals/{approval_id}/actions"): Permission.APPROVALS_DECIDE,
    ("POST", "/v1/approvals/{approval_id}/links"): Permission.APPROVALS_DECIDE,
    ("GET", "/v1/approval-links"): Permission.PUBLIC,
    ("POST", "/v1/approval-links"): Permission.PUBLIC,
    ("GET", "/v1/collision-detectors"): Permission.DETECTORS_READ,
    ("GET", "/v1/collisions"): Permission.COLLISIONS_READ,
    ("POST", "/v1/collisions"): Permission.COLLISIONS_REPORT,
    ("GET", "/v1/collisions/{case_id}"): Permission.COLLISIONS_READ,
    ("POST", "/v1/collisions/{case_id}/positions"): Permission.COLLISIONS_SETTLE,
    ("POST", "/v1/collisions/{case_id}/resolution"): Permission.COLLISIONS_SETTLE,
    ("POST", "/v1/collisions/{case_id}/appeal"): Permission.COLLISIONS_SETTLE,
    ("POST", "/v1/collisions/{case_id}/dismissal"): Permission.COLLISIONS_SETTLE,
    ("POST", "/v1/collisions/{case_id}/acknowledgement"): Permission.COLLISIONS_SETTLE,
    ("GET", "/v1/imports"): Permission.IMPORTS_READ,
    ("POST", "/v1/imports"): Permission.IMPORTS_CHANGE,
    ("GET", "/v1/imports/{import_id}"): Permission.IMPORTS_READ,
    ("PUT", "/v1/imports/{import_id}/columns"): Permission.IMPORTS_CHANGE,
    ("POST", "/v1/imports/{import_id}/confirm"): Permission.IMPORTS_CHANGE,
    ("POST", "/v1/imports/{import_id}/undo"): Permission.IMPORTS_CHANGE,
    ("GET", "/v1/imports/{import_id}/rows"): Permission.IMPORTS_READ,
    ("GET", "/v1/imports/{import_id}/report"): Permission.IMPORTS_READ,
    ("GET", "/v1/decisions/{decision_id}"): Permission.DECISIONS_READ,
    ("GET", "/v1/backtests"): Permission.BACKTESTS_READ,
    ("POST", "/v1/backtests"): Permission.BACKTESTS_RUN,
    ("GET", "/v1/backtests/{backtest_id}"): Permission.BACKTESTS_READ,
    ("GET", "/v1/backtests/{backtest_id}/report"): Permission.BACKTESTS_READ,
    ("GET", "/v1/backtests/{backtest_id}/table"): Permission.BACKTESTS_READ,
    ("GET", "/v1/kpis"): Permission.KPIS_READ,
    ("GET", "/v1/kpis/alerts"): Permission.KPI_ALERTS_READ,
    ("GET", "/v1/kpis/report"): Permission.KPIS_READ,
    ("GET", "/v1/kpis/{kpi}/rows"): Permission.KPIS_READ,
    ("POST", "/v1/audit/replays"): Permission.REPLAYS_RUN,
    ("GET", "/v1/audit/replays/{replay_id}"): Permission.REPLAYS_READ,
    ("GET", "/v1/customers/{customer_id}/assignments"): Permission.CUSTOMERS_HISTORY,
    ("POST", "/v1/assignments/preview"): Permission.ASSIGNMENTS_PREVIEW,
    ("GET", "/v1/policies"): Permission.POLICIES_READ,
    ("POST", "/v1/policies"): Permission.POLICIES_CHANGE,
    ("GET", "/v1/policies/{policy_id}"): Permission.POLICIES_READ,
    ("GET", "/v1/policies/{policy_id}/difference"): Permission.POLICIES_READ,
    ("POST", "/v1/policies/{policy_id}/activate"): Permission.POLICIES_CHANGE,
    ("POST", "/v1/policies/{policy_id}/withdraw"): Permission.POLICIES_CHANGE,
    ("GET", "/v1/reps"): Permission.DIRECTORY_READ,
    ("POST", "/v1/reps"): Permission.DIRECTORY_CHANGE,
    ("GET", "/v1/reps/{rep_id}"): Permission.DIRECTORY_READ,
    ("PATCH", "/v1/reps/{rep_id}"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/reps/{rep_id}/activate"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/reps/{rep_id}/deactivate"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/reps/{rep_id}/address-book"): Permission.ADDRESS_BOOKS_SYNC,
    ("GET", "/v1/reps/{rep_id}/moves"): Permission.MOVES_READ,
    ("GET", "/v1/reps/{rep_id}/shares"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/reps/{rep_id}/lines"): Permission.DIRECTORY_READ,
    ("PUT", "/v1/reps/{rep_id}/lines"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/reps/{rep_id}/moves"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/reps/{rep_id}/moves/preview"): Permission.DIRECTORY_CHANGE,
    ("GET", "/v1/moves/{move_id}"): Permission.MOVES_READ,
    ("GET", "/v1/reps/{rep_id}/leaves"): Permission.MOVES_READ,
    ("POST", "/v1/reps/{rep_id}/leaves"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/reps/{rep_id}/leaves/{leave_id}/cancel"): Permission.DIRECTORY_CHANGE,
    ("GET", "/v1/calendars"): Permission.DIRECTORY_READ,
    ("GET", "/v1/calendars/{name}"): Permission.DIRECTORY_READ,
    ("GET", "/v1/teams"): Permission.DIRECTORY_READ,
    ("POST", "/v1/teams"): Permission.DIRECTORY_CHANGE,
    ("GET", "/v1/teams/{team_id}"): Permission.DIRECTORY_READ,
    ("PATCH", "/v1/teams/{team_id}"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/teams/{team_id}/activate"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/teams/{team_id}/deactivate"): Permission.DIRECTORY_CHANGE,
    ("GET", "/v1/regions"): Permission.DIRECTORY_READ,
    ("POST", "/v1/regions"): Permission.DIRECTORY_CHANGE,
    ("GET", "/v1/regions/{code}"): Permission.DIRECTORY_READ,
    ("PATCH", "/v1/regions/{code}"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/regions/{code}/activate"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/regions/{code}/deactivate"): Permission.DIRECTORY_CHANGE,
}
"""What each route asks for, by its method and its path template. A route that is missing here is open to nobody."""
