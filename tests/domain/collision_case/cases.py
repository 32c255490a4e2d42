"""A case on its way, without a database: li.wei's customer on which xu.na met them."""

from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from domain.approval.people import Scene
from domain.collision_case.acting import act
from domain.collision_case.deed import Act, Deed
from domain.collision_case.passing import concluded, fallen_due, opened, refreshed
from domain.collision_case.scene import CaseScene, Seen, Side
from domain.collision_case.state import CaseState
from domain.collision_opening import Opening
from domain.policy import Policy
from tests.approvals import AT, STAFF, actor, scene
from tests.examples import POLICY

_DEED: TypeAdapter[Deed] = TypeAdapter(Deed)
LATER = datetime(2027, 3, 1, tzinfo=UTC)


def side(id_: str = "cus_1", owner: str | None = "li.wei", **facts: Any) -> Side:
    """A customer in Guangdong."""
    return Side.model_validate({"customer_id": id_, "owner_id": owner, "region": "CN-GD", **facts})


def around(
    *sides: Side, reps: tuple[str, ...] = ("li.wei", "xu.na"), people: Scene | None = None, **facts: Any
) -> CaseScene:
    """Who and what a case is about."""
    sides = sides or (side(),)
    told = {
        "people": people or scene(),
        "regions": {rep_id: (STAFF[rep_id][1],) for rep_id in reps},
        "administrators": ("wang.fang",),
        "customer_ids": tuple(it.customer_id for it in sides),
        "rep_ids": reps,
        "sides": sides,
        "seen": (Seen(id="sig_1", detector="foreign_contact", customer_id=sides[0].customer_id, at=AT),),
        **facts,
    }
    return CaseScene.model_validate(told)


def policy_with(**case: Any) -> Policy:
    """The shipped policy with some rules of cases changed."""
    collisions = POLICY.collisions.model_dump()
    return Policy.model_validate(
        POLICY.model_dump() | {"collisions": {**collisions, "case": {**collisions["case"], **case}}}
    )


class Table:
    """A case, and what people do about it."""

    def __init__(self, now: CaseScene | None = None, policy: Policy = POLICY) -> None:
        self.scene = now or around()
        self.policy = policy
        self.at = AT
        opening = Opening(
            case_id="col_1",
            risk=self.scene.risk,
            detector="foreign_contact",
            customer_ids=self.scene.customer_ids,
            rep_ids=self.scene.rep_ids,
            sighting_id="sig_1",
            event_id="evt_1",
            at=AT,
        )
        self.state: CaseState = opened(opening, policy, self.scene, AT)

    def do(self, person: str | None, action: str, **fields: Any) -> CaseState:
        """Do something, as the store does it: the case is looked at anew first."""
        if action in ("position", "resolution"):
            fields.setdefault("words", "我先联系的")
        deed = Act(
            id=f"{person}:{action}",
            by=actor(person),
            administrator=person is None,
            deed=_DEED.validate_python({"action": action, **fields}),
        )
        self.state = act(self.look(), deed, self.policy, self.scene, self.at)
        return self.state

    def look(self, now: CaseScene | None = None) -> CaseState:
        """Look at it anew, as it is now."""
        self.scene = now or self.scene
        self.state = refreshed(self.state, self.policy, self.scene, self.at)
        return self.state

    def wait(self) -> CaseState:
        """Let what falls due next come."""
        due = self.state.due[0]
        self.at = due.at
        after = fallen_due(self.state, due, self.policy, self.scene, due.at)
        assert after is not None
        self.state = after
        return after

    def done(self) -> CaseState:
        """Everything was done that was settled."""
        self.state = concluded(self.state, (), self.policy, self.scene, self.at)
        return self.state
