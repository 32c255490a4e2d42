"""The checks themselves: a sound read model passes, and every harm is found by the check named after it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from domain.approval.request import Actor
from domain.change import Asked, Claim, Release, Request
from domain.collision_case.deed import Act, Acting, Decide
from domain.collision_case.resolution import Keep
from domain.collision_opening import Opening
from store.changes import Changes
from store.collision_cases import CollisionCases
from store.database import Database
from store.intake import Intake
from store.merges import Merges
from store.policies import Policies
from tests.bureau import open_case
from tests.databases import TEMPLATE, NewDatabase, tampering
from tests.examples import AT, IDS, LI, POLICY, ZHANG, employ, lead, registration
from tests.invariants import nothing_lost, read_model, violations
from tests.store.merges import Desk


@pytest.fixture
def sound(new_sqlite: NewDatabase) -> Iterator[Database]:
    """Customers, a duplicate, a lead in doubt, a change of hands there and back, a merge, and one that was undone."""
    database = Database(new_sqlite(TEMPLATE))
    employ(database, ZHANG, LI)
    intake, changes = Intake(database, POLICY, IDS), Changes(database, POLICY, IDS)
    first = intake.register(registration(lead(company={"name": "深圳市远航科技有限公司"}, phones=["13800138000"])))
    intake.register(registration(lead(phones=["138 0013 8000"])))
    intake.register(
        registration(lead(company={"name": "Harbour Lights Ltd"}, phones=["0755-26001234"], region="CN-GD"))
    )
    intake.register(registration(lead(company={"name": "Oakfield Ltd"}, phones=["0755-26001234"], region="CN-GD")))
    customer_id, owner = first.answer.customer_id or "", first.answer.owner
    assert owner is not None
    for number, change in enumerate((Release(rep_id=owner.id, reason="休假"), Claim(rep_id=owner.id))):
        asked = Asked(id=f"request-{number}", actor="administrator", change=change)
        changes.carry_out(Request(customer_id=customer_id, at=AT, asked=asked))
    desk = Desk(database, intake, changes, Merges(database, Policies(database, POLICY)))
    others = [desk.register(phones=[f"1390013900{number}"], region="CN-GD") for number in range(2)]
    desk.merge(*others, "mrg_1")
    desk.unmerge("mrg_1", "unm_1")
    desk.merge(*others, "mrg_2")
    _settle_a_case(database, customer_id)
    yield database
    database.close()


def _settle_a_case(database: Database, customer_id: str) -> None:
    opening = Opening(
        case_id="col_1",
        risk=False,
        detector="foreign_contact",
        customer_ids=(customer_id,),
        rep_ids=(ZHANG.id, LI.id),
        sighting_id="sig_1",
        event_id="evt_1",
        at=AT,
    )
    with database.write() as session:
        open_case(session, opening)
    cases = CollisionCases(database, Policies(database, POLICY), IDS)
    cases.open("col_1", AT)
    deed = Decide(resolution=Keep(), words="维持")
    act = Act(id="cact_1", by=Actor(principal="administrator"), administrator=True, deed=deed)
    cases.act(Acting(case_id="col_1", at=AT, act=act))


def test_a_sound_read_model_breaks_nothing(sound: Database) -> None:
    model = read_model(sound)
    assert violations(model) == []
    assert nothing_lost(model, [row.id for row in model.leads]) == []


def test_nothing_lost(sound: Database) -> None:
    assert nothing_lost(read_model(sound), ["lead_that_was_accepted"]) == ["lead_that_was_accepted is lost"]


@pytest.mark.parametrize(
    ("check", "harm"),
    [
        ("one_customer", "UPDATE customers SET profile = (SELECT profile FROM customers WHERE profile LIKE '%138%')"),
        ("one_customer", "DELETE FROM identity_keys WHERE strong"),
        ("one_owner", "UPDATE customers SET owner_id = 'nobody'"),
        ("one_owner", "UPDATE customers SET queue = 'unassigned'"),
        ("one_owner", "UPDATE customers SET owner_id = NULL"),
        ("one_owner", "UPDATE customers SET seq = seq + 1"),
        ("one_owner", "DELETE FROM events WHERE kind IN ('claimed', 'owner_assigned')"),
        ("settled", "UPDATE leads SET settled_at = NULL"),
        ("settled", "DELETE FROM identity_keys WHERE waiting"),
        ("settled", "UPDATE leads_asked SET lead_id = 'lead_settled'"),
        ("settled", "UPDATE leads SET customer_id = 'cus_nobody'"),
        ("once", "INSERT INTO leads (id, source, external_id, fingerprint, outcome, customer_id, decision_id, lead, "
                 "settlement, received_at, settled_at) SELECT id || '2', source, external_id, fingerprint, outcome, "
                 "customer_id, decision_id, lead, settlement, received_at, settled_at FROM leads"),
        ("once", "DELETE FROM customers"),
        ("once", "DELETE FROM events WHERE kind = 'lead_received'"),
        ("once", "DELETE FROM changes"),
        ("once", "UPDATE events SET id = id || '2' WHERE kind = 'released'"),
        ("once", "UPDATE rotation_turns SET turn = turn + 1"),
        ("one_owner", "UPDATE customers SET merged_into = NULL WHERE merged_into IS NOT NULL"),
        ("one_owner", "UPDATE customers SET merged_into = id WHERE merged_into IS NULL"),
        ("merged", "UPDATE merges SET unmerged_at = NULL"),
        ("merged", "UPDATE merges SET unmerged_at = merged_at"),
        ("merged", "UPDATE merges SET survivor_id = 'nobody'"),
        ("merged", "UPDATE identity_keys SET holder = (SELECT id FROM customers WHERE merged_into IS NOT NULL) "
                   "WHERE value = '+8613900139001'"),
        ("merged", "UPDATE matchables SET survivor = NULL WHERE survivor IS NOT NULL"),
        ("four_eyes", "UPDATE collision_acts SET person = 'li.na' WHERE action = 'resolution'"),
        ("four_eyes", "DELETE FROM collision_acts WHERE action = 'collision_settled'"),
        ("explained", "DELETE FROM decisions"),
        ("explained", "UPDATE decisions SET trace = '{}'"),
        ("explained", "UPDATE decisions SET policy_version = ''"),
    ],
)  # fmt: skip
def test_every_harm_is_found(sound: Database, check: str, harm: str) -> None:
    with tampering(sound) as session:
        assert session.connection().execute(text(harm)).rowcount > 0
    assert any(found.startswith(f"{check}: ") for found in violations(read_model(sound)))
