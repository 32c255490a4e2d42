"""The tables. SQLModel skips validation on tables, so nothing from outside is ever parsed into one of these."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, text
from sqlmodel import Field, SQLModel

from store.types import Json, UtcDateTime

# The names that migrations need to change or drop a constraint, the same on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def _instant(*, nullable: bool = False, index: bool = False) -> Column[datetime]:
    return Column(UtcDateTime(), nullable=nullable, index=index)


def _json() -> Column[Any]:
    return Column(Json, nullable=False)


class UserRow(SQLModel, table=True):
    """A person who may sign in. What they may do is their role now, whatever their token says."""

    __tablename__ = "users"
    id: str = Field(primary_key=True)
    """What the issuer of their tokens calls them."""
    name: str
    role: str
    person: str | None = None
    """The rep whom they are."""
    password: str | None = None
    """As argon2 hashes it, for the embedded issuer; None when somebody else issues their tokens."""
    valid_from: datetime = Field(sa_column=_instant())
    """Tokens of the embedded issuer from before are void: it moves with the password."""
    active: bool = True
    version: int = 1


class ApiKeyRow(SQLModel, table=True):
    """A backend system's key. The secret has 256 random bits, so that its plain SHA-256 gives nothing away."""

    __tablename__ = "api_keys"
    id: str = Field(primary_key=True)
    name: str
    scopes: list[str] = Field(sa_column=_json())
    digest: str
    previous_digest: str | None = None
    """Of the secret before the last rotation, which counts until ``previous_until``."""
    previous_until: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    created_at: datetime = Field(sa_column=_instant())
    created_by: str
    expires_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    revoked_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class AccessRefusalRow(SQLModel, table=True):
    """An attempt that was refused: who tried what. No personal data: ``record`` is an id that this product made."""

    __tablename__ = "access_refusals"
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    at: datetime = Field(sa_column=_instant())
    principal: str = Field(index=True)
    role: str
    method: str
    route: str
    """The path's template."""
    record: str | None = None
    reason: str


class RegionRow(SQLModel, table=True):
    """A sales region: an ISO 3166-2 code with the name that people use."""

    __tablename__ = "regions"
    id: str = Field(primary_key=True)
    name: str
    active: bool = True
    head_id: str | None = None
    """The rep who heads it, whom approvals ask."""
    version: int = 1


class TeamRow(SQLModel, table=True):
    """A team of reps with its manager."""

    __tablename__ = "teams"
    id: str = Field(primary_key=True)
    name: str
    manager_id: str | None = Field(default=None, index=True)
    parent_id: str | None = Field(default=None, index=True)
    """The team that it is part of."""
    active: bool = True
    version: int = 1


class RepRow(SQLModel, table=True):
    """A rep. ``active`` false means gone for good, ``on_leave`` that nothing new is given until further notice."""

    __tablename__ = "reps"
    id: str = Field(primary_key=True)
    name: str
    email: str | None = None
    team_id: str | None = Field(default=None, index=True)
    active: bool = True
    on_leave: bool = False
    calendar: str | None = None
    weight: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    daily_cap: int | None = None
    total_cap: int | None = None
    deal_min: int | None = Field(default=None, sa_column=Column(BigInteger()))
    deal_max: int | None = Field(default=None, sa_column=Column(BigInteger()))
    languages: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Codes, with spaces between them."""
    successor_id: str | None = None
    version: int = 1


class RepVerticalRow(SQLModel, table=True):
    """Which industries a rep knows: folded, as they are looked for, and as somebody wrote them."""

    __tablename__ = "rep_verticals"
    rep_id: str = Field(primary_key=True)
    vertical: str = Field(primary_key=True, index=True)
    name: str


class RepDayRow(SQLModel, table=True):
    """How many customers assignment gave a rep on a day, for the daily caps."""

    __tablename__ = "rep_days"
    rep_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    given: int


class RepClaimDayRow(SQLModel, table=True):
    """How many customers a rep claimed from a public pool on a day, for the pool's daily cap."""

    __tablename__ = "rep_claim_days"
    rep_id: str = Field(primary_key=True)
    pool: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    claimed: int


class RepRegionRow(SQLModel, table=True):
    """Which regions a rep covers."""

    __tablename__ = "rep_regions"
    rep_id: str = Field(primary_key=True)
    region: str = Field(primary_key=True, index=True)


class LeaveRow(SQLModel, table=True):
    """A leave of a rep: from ``begins`` until just before ``ends`` nothing new is given, unless it was cancelled."""

    __tablename__ = "leaves"
    __table_args__ = (Index("leaves_of_a_rep", "rep_id", "begins", "id"),)
    id: str = Field(primary_key=True)
    rep_id: str
    begins: datetime = Field(sa_column=_instant())
    ends: datetime = Field(sa_column=_instant())
    reason: str | None = None
    cancelled_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class MoveRow(SQLModel, table=True):
    """A rep's move as it was ordered, and when everything that they looked after had been redistributed."""

    __tablename__ = "moves"
    __table_args__ = (Index("moves_of_a_rep", "rep_id", "created_at", "id"),)
    id: str = Field(primary_key=True)
    rep_id: str
    kind: str
    order: dict[str, Any] = Field(sa_column=_json())
    """``domain.moving.NewMove``."""
    successor_id: str | None = None
    """Who is asked before the rules."""
    warnings: list[dict[str, Any]] = Field(sa_column=_json())
    created_by: str
    created_at: datetime = Field(sa_column=_instant())
    finished_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class MovedCustomerRow(SQLModel, table=True):
    """A customer whom a move concerns. What became of it is written in the transaction in which it changes hands."""

    __tablename__ = "moved_customers"
    __table_args__ = (Index("moved_customers_to_come", "move_id", "outcome", "customer_id"),)
    id: str = Field(primary_key=True)
    """Of the request by which its workflow is asked."""
    move_id: str
    customer_id: str
    outcome: str | None = None
    """None until its turn has come."""
    owner_id: str | None = None
    queue: str | None = None
    reason: str | None = None


class RotationTurnRow(SQLModel, table=True):
    """The latest turn of a rep in a rotation pool, and those before it that their weight makes count, newest first."""

    __tablename__ = "rotation_turns"
    pool: str = Field(primary_key=True)
    rep_id: str = Field(primary_key=True)
    turn: int
    earlier: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Numbers, with spaces between them; read with every lead, where JSON would cost more than the rest of the row."""


IN_QUEUE = "place = 'queue'"
"""Written out, because SQLite takes a partial index only for the very condition."""


class CustomerRow(SQLModel, table=True):
    """A customer with its ownership as its workflow last set it (``ownership``, by ``seq``) and its profile."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("customers_newest", "created_at", "id"),
        Index("customers_in_queues", "id", sqlite_where=text(IN_QUEUE), postgresql_where=text(IN_QUEUE)),
    )
    id: str = Field(primary_key=True)
    name: str
    customer_type: str = Field(index=True)
    region: str | None = Field(default=None, index=True)
    industry: str | None = None
    place: str
    owner_id: str | None = Field(default=None, index=True)
    queue: str | None = Field(default=None, index=True)
    claimed_from: str | None = None
    """The public pool out of which the owner claimed it."""
    seq: int
    ownership: dict[str, Any] = Field(sa_column=_json())
    profile: dict[str, Any] = Field(sa_column=_json())
    referrer_id: str | None = None
    merged_into: str | None = Field(default=None, index=True)
    """The customer that absorbed it and stands for it; the row stays as it was then, for the way back."""
    created_at: datetime = Field(sa_column=_instant())
    updated_at: datetime = Field(sa_column=_instant())
    version: int = 1


class ShareRow(SQLModel, table=True):
    """A share grant as the customer's workflow last set it; open until ``ended_at`` or ``expires_at``."""

    __tablename__ = "shares"
    __table_args__ = (Index("shares_of_a_rep", "rep_id", "expires_at", "customer_id", "access"),)
    customer_id: str = Field(primary_key=True)
    rep_id: str = Field(primary_key=True)
    access: str = Field(primary_key=True)
    granted_at: datetime = Field(sa_column=Column(UtcDateTime(), primary_key=True))
    expires_at: datetime = Field(sa_column=_instant())
    approval_id: str | None = None
    ended_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    """When the grant was taken back, replaced or found to have expired."""


class IdentityKeyRow(SQLModel, table=True):
    """An exact key and who holds it: a customer, or a lead that waits for confirmation (``waiting``)."""

    __tablename__ = "identity_keys"
    __table_args__ = (
        Index(
            "identity_keys_one_holder",
            "kind",
            "value",
            unique=True,
            sqlite_where=text("strong AND NOT waiting"),
            postgresql_where=text("strong AND NOT waiting"),
        ),
    )
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    holder: str = Field(primary_key=True, index=True)
    strong: bool
    waiting: bool = False


class MatchableRow(SQLModel, table=True):
    """A customer, or a lead that waits for confirmation, as it is compared: its normalised record as bytes."""

    __tablename__ = "matchables"
    id: int | None = Field(default=None, sa_column=Column(Integer(), primary_key=True, autoincrement=True))
    holder: str = Field(unique=True)
    waiting: bool = False
    record: bytes
    survivor: str | None = None
    """The customer that stands for the holder, which was merged: whoever is alike is alike that one."""


class CandidateKeyRow(SQLModel, table=True):
    """A blocking key, by which a customer is found whatever slips its name was written with. Forty for each."""

    __tablename__ = "candidate_keys"
    __table_args__ = {"sqlite_with_rowid": False}
    key: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    matchable: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))


class WaitingKeyRow(SQLModel, table=True):
    """The same for leads that wait, in a table of their own: however many wait, they hide no customer."""

    __tablename__ = "waiting_keys"
    __table_args__ = {"sqlite_with_rowid": False}
    key: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    matchable: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))


class LeadRow(SQLModel, table=True):
    """A lead with its answer. It appears in the same transaction as what the lead caused."""

    __tablename__ = "leads"
    __table_args__ = (Index("leads_newest", "received_at", "id"),)
    id: str = Field(primary_key=True)
    source: str = Field(index=True)
    external_id: str
    fingerprint: str
    outcome: str = Field(index=True)
    customer_id: str | None = Field(default=None, index=True)
    decision_id: str
    submitted_by: str | None = Field(default=None, index=True)
    """The rep who submitted it; also in ``lead``."""
    lead: dict[str, Any] = Field(sa_column=_json())
    settlement: dict[str, Any] = Field(sa_column=_json())
    received_at: datetime = Field(sa_column=_instant())
    settled_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class LeadAskedRow(SQLModel, table=True):
    """Who is asked at present about a lead that waits for confirmation."""

    __tablename__ = "leads_asked"
    lead_id: str = Field(primary_key=True)
    rep_id: str = Field(primary_key=True, index=True)


class LeadEventRow(SQLModel, table=True):
    """One thing that happened to a lead. The id makes a repeat do nothing; ``at`` is the workflow's time."""

    __tablename__ = "lead_events"
    __table_args__ = (Index("lead_events_timeline", "lead_id", "position"),)
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """The order of recording, over all leads; gaps are possible."""
    id: str = Field(unique=True)
    lead_id: str
    kind: str
    at: datetime = Field(sa_column=_instant())
    recorded_at: datetime = Field(sa_column=_instant())
    actor: str
    decision_id: str
    data: dict[str, Any] = Field(sa_column=_json())


class PolicyRow(SQLModel, table=True):
    """A version of the policy: the file as it was given, and the rules as they were understood then (JSON).

    The rules stay what they were, whatever a later release takes as a default.
    """

    __tablename__ = "policies"
    __table_args__ = (Index("policies_newest", "created_at", "id"),)
    id: str = Field(primary_key=True)
    version: str
    content: str
    rules: str
    comment: str | None = None
    created_at: datetime = Field(sa_column=_instant())
    created_by: str


class PolicyActivationRow(SQLModel, table=True):
    """A version comes into force at an instant, unless that was withdrawn before. One version may do so repeatedly."""

    __tablename__ = "policy_activations"
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """Of two for one instant the later one counts."""
    policy_id: str = Field(index=True)
    at: datetime = Field(sa_column=_instant(index=True))
    by: str
    recorded_at: datetime = Field(sa_column=_instant())
    withdrawn_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    retried_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    """When everybody in a queue had been tried again whom it may help."""


class BacktestRow(SQLModel, table=True):
    """A back-test that somebody ordered."""

    __tablename__ = "backtests"
    __table_args__ = (Index("backtests_newest", "ordered_at", "id"),)
    id: str = Field(primary_key=True)
    draft: str
    """The fingerprint of the draft."""
    begins: date
    until: date
    ordered_by: str
    ordered_at: datetime = Field(sa_column=_instant())
    finished_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(Json, nullable=True))
    """``domain.backtest.Comparison``; None until it is done."""


class DecisionRow(SQLModel, table=True):
    """A decision trace (invariant explained): what was decided, by which policy version, and every rule tried."""

    __tablename__ = "decisions"
    id: str = Field(primary_key=True)
    kind: str
    customer_id: str | None = Field(default=None, index=True)
    lead_id: str | None = Field(default=None, index=True)
    policy_version: str
    at: datetime = Field(sa_column=_instant())
    trace: dict[str, Any] = Field(sa_column=_json())


class EventRow(SQLModel, table=True):
    """One thing that happened to a customer. The id makes a repeat do nothing; ``at`` is the workflow's time."""

    __tablename__ = "events"
    __table_args__ = (Index("events_timeline", "customer_id", "position"),)
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """The order of recording, over all customers; gaps are possible."""
    id: str = Field(unique=True)
    customer_id: str
    kind: str = Field(index=True)
    at: datetime = Field(sa_column=_instant())
    recorded_at: datetime = Field(sa_column=_instant())
    actor: str
    decision_id: str | None = None
    data: dict[str, Any] = Field(sa_column=_json())


class FollowUpRow(SQLModel, table=True):
    """A logged contact with a customer."""

    __tablename__ = "follow_ups"
    id: str = Field(primary_key=True)
    customer_id: str = Field(index=True)
    rep_id: str = Field(index=True)
    kind: str
    content: str
    customer_answered: bool
    effective: bool
    occurred_at: datetime = Field(sa_column=_instant())
    logged_at: datetime = Field(sa_column=_instant())


class ChangeRow(SQLModel, table=True):
    """A request that a customer's workflow carried out, with its result: asked again, it answers the same (once)."""

    __tablename__ = "changes"
    id: str = Field(primary_key=True)
    customer_id: str = Field(index=True)
    result: dict[str, Any] = Field(sa_column=_json())


class MergeRow(SQLModel, table=True):
    """A merge of two customers: what was asked, how each field was decided, and what undoing it needs."""

    __tablename__ = "merges"
    position: int | None = Field(default=None, sa_column=Column(Integer(), primary_key=True, autoincrement=True))
    """The order of merging, over all customers; gaps are possible."""
    id: str = Field(unique=True)
    survivor_id: str = Field(index=True)
    absorbed_id: str = Field(index=True)
    by: str
    reason: str
    owner: str | None = None
    merged_at: datetime = Field(sa_column=_instant())
    merged: dict[str, Any] = Field(sa_column=_json())
    """``domain.separation.Merged``."""
    halves: dict[str, Any] = Field(sa_column=_json())
    """Each side's ``store.merging.Half``: the keys of both kinds and the ownership that it had."""
    taken_over: dict[str, Any] | None = Field(default=None, sa_column=Column(Json, nullable=True))
    """The survivor's ownership before and after it took the other over; None until it has."""
    unmerge_id: str | None = Field(default=None, unique=True)
    unmerged_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    unmerged_by: str | None = None
    unmerge_reason: str | None = None
    placed: list[dict[str, Any]] = Field(default_factory=list, sa_column=_json())
    """Where everything went that came later (``domain.separation.Placement``)."""


class AskedItemRow(SQLModel, table=True):
    """Something that the undoing of a merge could place with nobody for certain, and what a person said of it."""

    __tablename__ = "asked_items"
    merge_id: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))
    """Its place in ``MergeRow.placed``, from 1."""
    values: dict[str, Any] = Field(default_factory=dict, sa_column=_json())
    """Of a field: what is in question, until it is decided."""
    to: str | None = None
    decided_by: str | None = None
    reason: str | None = None
    decided_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class IdempotencyRow(SQLModel, table=True):
    """An Idempotency-Key as a caller first used it, so that the same key with another body is found out."""

    __tablename__ = "idempotency_keys"
    caller: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    created_at: datetime = Field(sa_column=_instant())


class ImportRow(SQLModel, table=True):
    """A file that somebody imports: how it is read, how far it has come, and what it came to."""

    __tablename__ = "imports"
    __table_args__ = (Index("imports_newest", "created_at", "id"),)
    id: str = Field(primary_key=True)
    digest: str
    filename: str
    size: int = Field(sa_column=Column(BigInteger(), nullable=False))
    attempt: int = 1
    stage: str = Field(index=True)
    headings: list[str] = Field(sa_column=_json())
    columns: dict[str, str] = Field(sa_column=_json())
    begun: int = 0
    """How many analyses were begun; the last one counts."""
    analysis: int = 0
    """The analysis whose lines are shown."""
    progress: dict[str, Any] = Field(sa_column=_json())
    counts: dict[str, Any] = Field(sa_column=_json())
    failure: dict[str, Any] = Field(sa_column=_json())
    created_by: str
    confirmed_by: str | None = None
    doubtful: str = Field(default="leave_out", sa_column_kwargs={"server_default": text("'leave_out'")})
    """What becomes of rows in doubt (``domain.importing.batch.Doubtful``)."""
    created_at: datetime = Field(sa_column=_instant())
    updated_at: datetime = Field(sa_column=_instant())


class ImportLineRow(SQLModel, table=True):
    """A row of an imported file: what it says, what becomes of it and why, and what was done."""

    __tablename__ = "import_lines"
    __table_args__ = (Index("import_lines_by_verdict", "import_id", "analysis", "verdict", "line"),)
    import_id: str = Field(primary_key=True)
    analysis: int = Field(primary_key=True)
    line: int = Field(primary_key=True)
    verdict: str
    head: int
    """The line into which this one is merged; its own when it stands for the customer."""
    why: str | None = None
    beside: int | None = None
    customer_id: str | None = Field(default=None, index=True)
    candidates: list[str] = Field(sa_column=_json())
    lead: dict[str, Any] = Field(sa_column=_json())
    profile: dict[str, Any] = Field(sa_column=_json())
    """What all lines of the customer say together; empty but in the head."""
    faults: list[dict[str, Any]] = Field(sa_column=_json())
    completed: list[str] = Field(sa_column=_json())
    cells: list[str] = Field(sa_column=_json())
    """The cells as they came, of lines that are left out, so that they can be corrected and sent again."""
    state: str = Field(default="pending", index=True)
    effect: dict[str, Any] = Field(sa_column=_json())
    """What loading the line did, for what follows from it and for taking it back."""
    lead_id: str | None = None
    """The lead as which a line in doubt was submitted."""


class ApprovalRow(SQLModel, table=True):
    """A request that people decide, as its workflow last had it written (``domain.approval.state``)."""

    __tablename__ = "approvals"
    __table_args__ = (Index("approvals_newest", "opened_at", "id"),)
    id: str = Field(primary_key=True)
    kind: str = Field(index=True)
    status: str = Field(index=True)
    requester: str | None = Field(default=None, index=True)
    """The rep who asked for it."""
    state: dict[str, Any] = Field(sa_column=_json())
    opened_at: datetime = Field(sa_column=_instant())
    ended_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class ApprovalCustomerRow(SQLModel, table=True):
    """A customer that a request is about."""

    __tablename__ = "approval_customers"
    approval_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True, index=True)


class ApprovalPersonRow(SQLModel, table=True):
    """A rep whom a request concerns, and whether their word is waited for now."""

    __tablename__ = "approval_people"
    __table_args__ = (Index("approval_people_asked", "rep_id", "asked", "approval_id"),)
    approval_id: str = Field(primary_key=True)
    rep_id: str = Field(primary_key=True)
    asked: bool


class ApprovalActRow(SQLModel, table=True):
    """Something that was done about a request, or tried: a refused attempt has the rule's code (``refusal``)."""

    __tablename__ = "approval_acts"
    __table_args__ = (Index("approval_acts_in_order", "approval_id", "position"),)
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """The order of recording, over all requests; gaps are possible."""
    id: str = Field(unique=True)
    approval_id: str
    action: str
    principal: str
    person: str | None = None
    step: int | None = None
    """The step that was on."""
    at: datetime = Field(sa_column=_instant())
    recorded_at: datetime = Field(sa_column=_instant())
    deed: dict[str, Any] = Field(sa_column=_json())
    refusal: str | None = None
    facts: dict[str, Any] = Field(sa_column=_json())
