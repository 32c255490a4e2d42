"""Who may call what: one table of all routes, and one of all roles."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """What a route asks of its caller."""

    PUBLIC = "public"
    """No token: health checks, and the description of the API, which is the same everywhere and tells of nobody."""
    DESCRIPTION_READ = "description.read"
    LEADS_SUBMIT = "leads.submit"
    LEADS_READ = "leads.read"
    LEADS_CONFIRM = "leads.confirm"
    CUSTOMERS_READ = "customers.read"
    CUSTOMERS_CHANGE = "customers.change"
    CUSTOMERS_ASSIGN = "customers.assign"
    CUSTOMERS_MERGE = "customers.merge"
    IMPORTS_READ = "imports.read"
    IMPORTS_CHANGE = "imports.change"
    DECISIONS_READ = "decisions.read"
    BACKTESTS_RUN = "backtests.run"
    POLICIES_READ = "policies.read"
    POLICIES_CHANGE = "policies.change"
    DIRECTORY_READ = "directory.read"
    DIRECTORY_CHANGE = "directory.change"


class Role(StrEnum):
    """What a principal is."""

    ADMINISTRATOR = "administrator"
    SYSTEM = "system"
    """A backend system that submits leads."""


ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.SYSTEM: frozenset(
        {
            Permission.PUBLIC,
            Permission.DESCRIPTION_READ,
            Permission.LEADS_SUBMIT,
            Permission.LEADS_READ,
            Permission.CUSTOMERS_READ,
            Permission.DIRECTORY_READ,
        }
    ),
}

ROUTES: Mapping[tuple[str, str], Permission] = {
    ("GET", "/healthz"): Permission.PUBLIC,
    ("GET", "/readyz"): Permission.PUBLIC,
    ("GET", "/metrics"): Permission.PUBLIC,
    ("GET", "/openapi.json"): Permission.DESCRIPTION_READ,
    ("GET", "/v1/leads"): Permission.LEADS_READ,
    ("POST", "/v1/leads"): Permission.LEADS_SUBMIT,
    ("POST", "/v1/leads/check"): Permission.LEADS_SUBMIT,
    ("GET", "/v1/leads/{lead_id}"): Permission.LEADS_READ,
    ("GET", "/v1/leads/{lead_id}/timeline"): Permission.LEADS_READ,
    ("POST", "/v1/leads/{lead_id}/confirmation"): Permission.LEADS_CONFIRM,
    ("GET", "/v1/customers"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/customers/{customer_id}"): Permission.CUSTOMERS_READ,
    ("PATCH", "/v1/customers/{customer_id}"): Permission.CUSTOMERS_CHANGE,
    ("GET", "/v1/customers/{customer_id}/timeline"): Permission.CUSTOMERS_READ,
    ("POST", "/v1/customers/{customer_id}/follow-ups"): Permission.CUSTOMERS_CHANGE,
    ("POST", "/v1/customers/{customer_id}/claim"): Permission.CUSTOMERS_CHANGE,
    ("POST", "/v1/customers/{customer_id}/release"): Permission.CUSTOMERS_CHANGE,
    ("POST", "/v1/customers/{customer_id}/assign"): Permission.CUSTOMERS_ASSIGN,
    ("PUT", "/v1/customers/{customer_id}/standing"): Permission.CUSTOMERS_CHANGE,
    ("POST", "/v1/customers/{customer_id}/commitments"): Permission.CUSTOMERS_CHANGE,
    ("DELETE", "/v1/customers/{customer_id}/commitments/{kind}/{reference}"): Permission.CUSTOMERS_CHANGE,
    ("GET", "/v1/pools"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/pools/{name}/customers"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/queues"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/queues/{name}/customers"): Permission.CUSTOMERS_READ,
    ("GET", "/v1/customers/{customer_id}/merges"): Permission.CUSTOMERS_READ,
    ("POST", "/v1/customers/{customer_id}/merge"): Permission.CUSTOMERS_MERGE,
    ("POST", "/v1/customers/{customer_id}/merge/preview"): Permission.CUSTOMERS_MERGE,
    ("POST", "/v1/customers/{customer_id}/merges/{merge_id}/items/{item}"): Permission.CUSTOMERS_MERGE,
    ("POST", "/v1/customers/{customer_id}/unmerge"): Permission.CUSTOMERS_MERGE,
    ("GET", "/v1/imports"): Permission.IMPORTS_READ,
    ("POST", "/v1/imports"): Permission.IMPORTS_CHANGE,
    ("GET", "/v1/imports/{import_id}"): Permission.IMPORTS_READ,
    ("PUT", "/v1/imports/{import_id}/columns"): Permission.IMPORTS_CHANGE,
    ("POST", "/v1/imports/{import_id}/confirm"): Permission.IMPORTS_CHANGE,
    ("POST", "/v1/imports/{import_id}/undo"): Permission.IMPORTS_CHANGE,
    ("GET", "/v1/imports/{import_id}/rows"): Permission.IMPORTS_READ,
    ("GET", "/v1/imports/{import_id}/report"): Permission.IMPORTS_READ,
    ("GET", "/v1/decisions/{decision_id}"): Permission.DECISIONS_READ,
    ("GET", "/v1/backtests"): Permission.BACKTESTS_RUN,
    ("POST", "/v1/backtests"): Permission.BACKTESTS_RUN,
    ("GET", "/v1/backtests/{backtest_id}"): Permission.BACKTESTS_RUN,
    ("GET", "/v1/backtests/{backtest_id}/report"): Permission.BACKTESTS_RUN,
    ("GET", "/v1/backtests/{backtest_id}/table"): Permission.BACKTESTS_RUN,
    ("GET", "/v1/customers/{customer_id}/assignments"): Permission.DECISIONS_READ,
    ("POST", "/v1/assignments/preview"): Permission.DECISIONS_READ,
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
    ("GET", "/v1/reps/{rep_id}/moves"): Permission.DIRECTORY_READ,
    ("POST", "/v1/reps/{rep_id}/moves"): Permission.DIRECTORY_CHANGE,
    ("POST", "/v1/reps/{rep_id}/moves/preview"): Permission.DIRECTORY_CHANGE,
    ("GET", "/v1/moves/{move_id}"): Permission.DIRECTORY_READ,
    ("GET", "/v1/reps/{rep_id}/leaves"): Permission.DIRECTORY_READ,
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
