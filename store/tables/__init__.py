"""The tables. SQLModel skips validation on tables, so nothing from outside is ever parsed into one of these."""

from store.tables.access import AccessRefusalRow, ApiKeyRow, UserRow
from store.tables.approvals import ApprovalActRow, ApprovalCustomerRow, ApprovalPersonRow, ApprovalRow
from store.tables.audit import (
    AuditHeadRow,
    AuditLogRow,
    AuditPendingRow,
    AuditPublishedRow,
    AuditTileRow,
    EventMoveRow,
)
from store.tables.customers import IN_QUEUE, ChangeRow, CustomerRow, FollowUpRow
from store.tables.directory import LeaveRow, RegionRow, RepRegionRow, RepRow, RepVerticalRow, TeamRow
from store.tables.identity import CandidateKeyRow, IdentityKeyRow, MatchableRow, WaitingKeyRow
from store.tables.imports import ImportLineRow, ImportRow
from store.tables.journal import DecisionRow, EventRow, IdempotencyRow
from store.tables.leads import LeadAskedRow, LeadEventRow, LeadRow
from store.tables.merges import AskedItemRow, MergeRow
from store.tables.moves import MovedCustomerRow, MoveRow
from store.tables.policies import BacktestRow, PolicyActivationRow, PolicyRow
from store.tables.rotation import RepClaimDayRow, RepDayRow, RotationTurnRow
from store.tables.shares import ShareRow

__all__ = [
    "IN_QUEUE",
    "AccessRefusalRow",
    "ApiKeyRow",
    "ApprovalActRow",
    "ApprovalCustomerRow",
    "ApprovalPersonRow",
    "ApprovalRow",
    "AskedItemRow",
    "AuditHeadRow",
    "AuditLogRow",
    "AuditPendingRow",
    "AuditPublishedRow",
    "AuditTileRow",
    "BacktestRow",
    "CandidateKeyRow",
    "ChangeRow",
    "CustomerRow",
    "DecisionRow",
    "EventMoveRow",
    "EventRow",
    "FollowUpRow",
    "IdempotencyRow",
    "IdentityKeyRow",
    "ImportLineRow",
    "ImportRow",
    "LeadAskedRow",
    "LeadEventRow",
    "LeadRow",
    "LeaveRow",
    "MatchableRow",
    "MergeRow",
    "MoveRow",
    "MovedCustomerRow",
    "PolicyActivationRow",
    "PolicyRow",
    "RegionRow",
    "RepClaimDayRow",
    "RepDayRow",
    "RepRegionRow",
    "RepRow",
    "RepVerticalRow",
    "RotationTurnRow",
    "ShareRow",
    "TeamRow",
    "UserRow",
    "WaitingKeyRow",
]
