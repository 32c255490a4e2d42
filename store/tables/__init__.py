"""The tables. SQLModel skips validation on tables, so nothing from outside is ever parsed into one of these."""

from store.tables.access import AccessRefusalRow, ApiKeyRow, UserRow
from store.tables.approvals import ApprovalActRow, ApprovalCustomerRow, ApprovalPersonRow, ApprovalRow
from store.tables.archive import ArchivedRunRow, ArchiveSweepRow, LegalHoldRow, ReplayRow
from store.tables.collision_cases import CollisionActRow, CollisionCallRow, CollisionPersonRow
from store.tables.collisions import CollisionCustomerRow, CollisionRepRow, CollisionRow, SightingRow, TouchRow
from store.tables.customers import IN_QUEUE, ChangeRow, CustomerRow, FollowUpRow
from store.tables.directory import LeaveRow, RegionRow, RepRegionRow, RepRow, RepVerticalRow, TeamRow
from store.tables.identity import CandidateKeyRow, IdentityKeyRow, MatchableRow, WaitingKeyRow
from store.tables.imports import ImportLineRow, ImportRow
from store.tables.journal import DecisionRow, EventRow, IdempotencyRow
from store.tables.leads import LeadAskedRow, LeadEventRow, LeadRow
from store.tables.merges import AskedItemRow, MergeRow
from store.tables.moves import MovedCustomerRow, MoveRow
from store.tables.outbox import OutboxRow
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
    "ArchiveSweepRow",
    "ArchivedRunRow",
    "AskedItemRow",
    "BacktestRow",
    "CandidateKeyRow",
    "ChangeRow",
    "CollisionActRow",
    "CollisionCallRow",
    "CollisionCustomerRow",
    "CollisionPersonRow",
    "CollisionRepRow",
    "CollisionRow",
    "CustomerRow",
    "DecisionRow",
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
    "LegalHoldRow",
    "MatchableRow",
    "MergeRow",
    "MoveRow",
    "MovedCustomerRow",
    "OutboxRow",
    "PolicyActivationRow",
    "PolicyRow",
    "RegionRow",
    "RepClaimDayRow",
    "RepDayRow",
    "RepRegionRow",
    "RepRow",
    "RepVerticalRow",
    "ReplayRow",
    "RotationTurnRow",
    "ShareRow",
    "SightingRow",
    "TeamRow",
    "TouchRow",
    "UserRow",
    "WaitingKeyRow",
]
