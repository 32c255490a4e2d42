"""The tables. SQLModel skips validation on tables, so nothing from outside is ever parsed into one of these."""

from store.tables.access import AccessRefusalRow, ApiKeyRow, UserRow
from store.tables.approvals import ApprovalActRow, ApprovalCustomerRow, ApprovalPersonRow, ApprovalRow
from store.tables.archive import ArchivedRunRow, ArchiveSweepRow, LegalHoldRow, ReplayRow
from store.tables.audit import (
    AuditHeadRow,
    AuditLogRow,
    AuditPendingRow,
    AuditPublishedRow,
    AuditTileRow,
    EventMoveRow,
    EventRemovalRow,
)
from store.tables.collision_cases import CollisionActRow, CollisionCallRow, CollisionPersonRow
from store.tables.collisions import CollisionCustomerRow, CollisionRepRow, CollisionRow, SightingRow, TouchRow
from store.tables.customers import IN_QUEUE, ChangeRow, CustomerRow, FollowUpRow
from store.tables.deliveries import DeliveryAttemptRow, DeliveryRow, WebhookRow
from store.tables.directory import LeaveRow, RegionRow, RepRegionRow, RepRow, RepVerticalRow, TeamRow
from store.tables.identity import CandidateKeyRow, IdentityKeyRow, MatchableRow, WaitingKeyRow
from store.tables.imports import ImportLineRow, ImportRow
from store.tables.inbound import ConnectorRow, InboundReportRow, MailboxRow, RepLineRow
from store.tables.journal import DecisionRow, EventRow, IdempotencyRow
from store.tables.kpis import KpiAlertRow, KpiFactRow, KpiSnapshotRow, SurveyRow
from store.tables.leads import LeadAskedRow, LeadEventRow, LeadRow
from store.tables.merges import AskedItemRow, MergeRow
from store.tables.moves import MovedCustomerRow, MoveRow
from store.tables.notifications import UNREAD, NotificationDigestRow, NotificationRow, NotificationSettingsRow
from store.tables.organisation import OrganisationEventRow
from store.tables.outbox import OutboxRow
from store.tables.policies import BacktestRow, PolicyActivationRow, PolicyRow
from store.tables.rotation import RepClaimDayRow, RepDayRow, RotationTurnRow
from store.tables.shares import ShareRow

__all__ = [
    "IN_QUEUE",
    "UNREAD",
    "AccessRefusalRow",
    "ApiKeyRow",
    "ApprovalActRow",
    "ApprovalCustomerRow",
    "ApprovalPersonRow",
    "ApprovalRow",
    "ArchiveSweepRow",
    "ArchivedRunRow",
    "AskedItemRow",
    "AuditHeadRow",
    "AuditLogRow",
    "AuditPendingRow",
    "AuditPublishedRow",
    "AuditTileRow",
    "BacktestRow",
    "CandidateKeyRow",
    "ChangeRow",
    "CollisionActRow",
    "CollisionCallRow",
    "CollisionCustomerRow",
    "CollisionPersonRow",
    "CollisionRepRow",
    "CollisionRow",
    "ConnectorRow",
    "CustomerRow",
    "DecisionRow",
    "DeliveryAttemptRow",
    "DeliveryRow",
    "EventMoveRow",
    "EventRemovalRow",
    "EventRow",
    "FollowUpRow",
    "IdempotencyRow",
    "IdentityKeyRow",
    "ImportLineRow",
    "ImportRow",
    "InboundReportRow",
    "KpiAlertRow",
    "KpiFactRow",
    "KpiSnapshotRow",
    "LeadAskedRow",
    "LeadEventRow",
    "LeadRow",
    "LeaveRow",
    "LegalHoldRow",
    "MailboxRow",
    "MatchableRow",
    "MergeRow",
    "MoveRow",
    "MovedCustomerRow",
    "NotificationDigestRow",
    "NotificationRow",
    "NotificationSettingsRow",
    "OrganisationEventRow",
    "OutboxRow",
    "PolicyActivationRow",
    "PolicyRow",
    "RegionRow",
    "RepClaimDayRow",
    "RepDayRow",
    "RepLineRow",
    "RepRegionRow",
    "RepRow",
    "RepVerticalRow",
    "ReplayRow",
    "RotationTurnRow",
    "ShareRow",
    "SightingRow",
    "SurveyRow",
    "TeamRow",
    "TouchRow",
    "UserRow",
    "WaitingKeyRow",
    "WebhookRow",
]
