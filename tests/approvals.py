"""A sales organisation whose people decide, and ways to write down briefly what they ask for and do."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from domain.approval.acting import act
from domain.approval.chain import opened
from domain.approval.deed import Act, Deed
from domain.approval.people import Person, Scene, Standing
from domain.approval.request import Actor, Order, Wanted
from domain.approval.state import ApprovalState
from domain.case import Case
from domain.lead import CustomerType
from domain.policy import Policy
from store.database import Database
from store.tables import RegionRow, RepRegionRow, RepRow, TeamRow
from tests.examples import POLICY

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""A Monday, half past nine in Shanghai."""

TEAMS = {"south": "zhao.min", "east": "sun.hao", "heads": "wang.fang"}
"""Each team's manager."""
STAFF = {
    "li.wei": ("south", "CN-GD"),
    "xu.na": ("south", "CN-GD"),
    "chen.jing": ("east", "CN-SH"),
    "j.smith": ("east", "US-CA"),
    "zhao.min": ("heads", "CN-GD"),
    "sun.hao": ("heads", "CN-SH"),
    "he.tao": ("heads", "CN-GD"),
    "liu.yang": ("heads", "CN-SH"),
    "wang.fang": ("heads", "CN"),
}
"""Everybody with their team and region; wang.fang is above all and has nobody above her."""
HEADS = {"CN-GD": "he.tao", "CN-SH": "liu.yang"}
COMMITTEE = ("he.tao", "liu.yang", "wang.fang")

_WANTED: TypeAdapter[Wanted] = TypeAdapter(Wanted)
_DEED: TypeAdapter[Deed] = TypeAdapter(Deed)


def scene(
    *customers: Standing,
    gone: Sequence[str] = (),
    away: Sequence[str] = (),
    standing_in: Mapping[str, str] | None = None,
) -> Scene:
    """Everybody, with li.wei's customer in Guangdong unless others are given."""
    persons = {}
    for rep_id, (team, region) in STAFF.items():
        manager = TEAMS[team]
        persons[rep_id] = Person(
            id=rep_id,
            active=rep_id not in gone,
            away=rep_id in away,
            manager_id=None if manager == rep_id else manager,
            successor_id=(standing_in or {}).get(rep_id),
            regions=(region,),
        )
    return Scene(persons=persons, heads=HEADS, customers=customers or (customer(),))


def customer(owner: str | None = "li.wei", id_: str = "cus_1", **facts: Any) -> Standing:
    """A customer in Guangdong."""
    case = Case.model_validate({"customer_type": CustomerType.NEW_REGISTRATION, "region": "CN-GD", **facts})
    return Standing(customer_id=id_, owner_id=owner, case=case)


def ruled_by(*steps: dict[str, Any], kind: str = "transfer", policy: Policy = POLICY, **approvals: Any) -> Policy:
    """The shipped policy with this chain; ``barred``, ``reasons`` and the section's own fields by name."""
    chain = {"steps": [{"step": f"step{at}", "zh": "步骤", "en": "Step", **step} for at, step in enumerate(steps)]}
    chain |= {name: approvals.pop(name) for name in ("barred", "reasons") if name in approvals}
    rules = policy.approvals.model_dump()
    rules = {**rules, "chains": {**rules["chains"], kind: {"barred": ["new_owner"], **chain}}, **approvals}
    return Policy.model_validate(policy.model_dump() | {"approvals": rules})


def order(
    requester: str | None = "li.wei", id_: str = "apr_1", ids: Sequence[str] = ("cus_1",), **wanted: Any
) -> Order:
    """A transfer to chen.jing unless something else is wanted."""
    told = {"kind": "transfer", "reason": "客户迁往上海", **wanted}
    if told["kind"] not in ("merge", "unmerge"):
        told.setdefault("to_id", "chen.jing")
    return Order(id=id_, wanted=_WANTED.validate_python(told), customer_ids=tuple(ids), requester=actor(requester))


def actor(person: str | None) -> Actor:
    """Whoever stands for a rep, with a principal of their own; None is the administrator's token."""
    return Actor(principal=f"user:{person}" if person else "administrator", person=person)


def deed(person: str | None, action: str, *, id_: str | None = None, step: int | None = None, **fields: Any) -> Act:
    """What somebody does, with a reason where one may be needed."""
    if action in ("reject", "return", "delegate", "add_signer", "comment"):
        fields.setdefault("reason", "请看合同附件")
    return Act(
        id=id_ or f"act:{person}:{action}:{fields.get('to_id') or fields.get('signer_id')}",
        by=actor(person),
        administrator=person is None,
        step=step,
        deed=_DEED.validate_python({"action": action, **fields}),
    )


class Desk:
    """One approval on its way, without a database."""

    def __init__(self, policy: Policy = POLICY, asked: Order | None = None, now: Scene | None = None) -> None:
        self.policy = policy
        self.scene = now or scene()
        self.at = AT
        self.state: ApprovalState = opened(asked or order(), policy, self.scene, AT)

    def do(self, person: str | None, action: str, **fields: Any) -> ApprovalState:
        """Do something, which must be allowed."""
        self.state = act(self.state, deed(person, action, **fields), self.policy, self.scene, self.at)
        return self.state


def staff(database: Database) -> None:
    """The same organisation in a database."""
    with database.write() as session:
        session.add_all(TeamRow(id=team, name=team, manager_id=manager) for team, manager in TEAMS.items())
        session.add_all(RegionRow(id=code, name=code, head_id=HEADS.get(code)) for code in ("CN-GD", "CN-SH", "US-CA"))
        for rep_id, (team, region) in STAFF.items():
            session.add(RepRow(id=rep_id, name=rep_id.title(), team_id=team))
            session.add(RepRegionRow(rep_id=rep_id, region=region))
