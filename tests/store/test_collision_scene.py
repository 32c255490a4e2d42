"""What the rules of engagement look at, read from the database."""

from datetime import timedelta

from domain.change import Asked, LogFollowUp, Request
from domain.collision_case.scene import Side
from domain.follow_up import FollowUp
from domain.role import Role
from domain.user import NewUser
from store.changes import Changes
from store.collision_scene import case_scene
from store.database import Database
from store.intake import Intake
from store.tables import CollisionCustomerRow, CollisionRepRow, CollisionRow
from store.users import Users
from tests.approvals import staff
from tests.examples import AT, IDS, POLICY, lead, registration

FIRM = {"name": "深圳市远航科技有限公司"}
CALL = {"kind": "call", "content": "客户想看新的报价单，约好周五见面", "customer_answered": True}


def submitted(database: Database, hours: int = 0, **fields: object) -> str:
    of = lead(**{"company": FIRM, "region": "CN-GD", **fields})
    done = Intake(database, POLICY, IDS).register(registration(of, AT + timedelta(hours=hours)))
    return done.answer.customer_id or ""


def called(database: Database, customer_id: str, rep_id: str, hours: int, **fields: object) -> None:
    follow_up = FollowUp.model_validate({"rep_id": rep_id, **CALL, **fields})
    at = AT + timedelta(hours=hours)
    asked = Asked(id=f"req-{rep_id}-{hours}", actor=rep_id, change=LogFollowUp(follow_up=follow_up))
    Changes(database, POLICY, IDS).carry_out(Request(customer_id=customer_id, at=at, asked=asked))


def side_of(database: Database, customer_id: str) -> Side:
    with database.write() as session:
        row = CollisionRow(id="col_1", status="open", risk=False, cause="reported", state={}, opened_at=AT)
        session.add(row)
        session.add(CollisionCustomerRow(case_id="col_1", customer_id=customer_id))
        session.add_all(CollisionRepRow(case_id="col_1", rep_id=it) for it in ("li.wei", "xu.na"))
        session.flush()
        scene = case_scene(session, row, ("xu.na", "nobody"), POLICY, AT)
        session.rollback()
    assert scene.rep_ids == ("xu.na", "li.wei")
    assert scene.regions == {"li.wei": ("CN-GD",), "xu.na": ("CN-GD",)}
    (side,) = scene.sides
    return side


def test_whom_the_customer_named(database: Database) -> None:
    """First by its first lead, then by its own word; what a rep submits is not the customer's word."""
    staff(database)
    customer_id = submitted(database, named_contact="li.wei")
    assert (side_of(database, customer_id).first_named, side_of(database, customer_id).last_named) == ("li.wei", None)
    submitted(database, 1, named_contact="xu.na")
    submitted(database, 2)
    submitted(database, 3, named_contact="chen.jing", submitted_by="chen.jing")
    side = side_of(database, customer_id)
    assert (side.first_named, side.last_named) == ("li.wei", "xu.na")


def test_who_was_on_the_stand(database: Database) -> None:
    staff(database)
    show = {"name": "广交会", "date": "2026-10-15", "contact": "xu.na"}
    assert side_of(database, submitted(database, customer_type="trade_show", show=show)).first_named == "xu.na"


def test_whose_customer_referred_it(database: Database) -> None:
    staff(database)
    referrer = submitted(database, named_contact="xu.na")
    referred = submitted(
        database, company={"name": "广州青禾农业有限公司"}, customer_type="referral", referrer={"customer_id": referrer}
    )
    assert side_of(database, referred).referrer_owner == "xu.na"


def test_who_was_first_with_what_would_be_effective(database: Database) -> None:
    staff(database)
    customer_id = submitted(database, named_contact="li.wei")
    called(database, customer_id, "xu.na", 1, kind="note")
    called(database, customer_id, "xu.na", 2)
    called(database, customer_id, "li.wei", 3, customer_answered=False)
    called(database, customer_id, "li.wei", 4)
    assert side_of(database, customer_id).first_follow_ups == {
        "xu.na": AT + timedelta(hours=2),
        "li.wei": AT + timedelta(hours=4),
    }


def test_who_the_administrators_are(database: Database) -> None:
    staff(database)
    users = Users(database)
    users.create(NewUser(id="a", name="甲", role=Role.ADMINISTRATOR, person="wang.fang"), None)
    users.create(NewUser(id="b", name="乙", role=Role.ADMINISTRATOR, person=None), None)
    users.create(NewUser(id="c", name="丙", role=Role.REP, person="li.wei"), None)
    customer_id = submitted(database)
    with database.write() as session:
        row = CollisionRow(id="col_1", status="open", risk=True, cause="reported", state={}, opened_at=AT)
        session.add(row)
        session.add(CollisionCustomerRow(case_id="col_1", customer_id=customer_id))
        session.flush()
        scene = case_scene(session, row, (), POLICY, AT)
    assert (scene.administrators, scene.risk) == (("wang.fang",), True)
