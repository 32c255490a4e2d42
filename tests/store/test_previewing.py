"""Trying out who would get a lead: it comes out as it would really be, and nothing is left behind."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from domain.change import Asked, Release, Request
from domain.identity import Outcome
from domain.policy import Policy
from domain.policy_file import parse_policy
from domain.policy_version import NewVersion
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.policies import Policies
from store.policy_versions import PolicyVersions
from store.previewing import Preview, Previewing
from tests.databases import empty
from tests.examples import (
    AT,
    IDS,
    LI,
    POLICY,
    POLICY_TEXT,
    SMITH,
    WANG,
    ZHANG,
    edited,
    employ,
    firm,
    lead,
    registration,
    ruled,
)
from tests.invariants import read_model

YUANHANG = {"company": {"name": "深圳市远航科技有限公司"}, "phones": ["13800138000"], "region": "CN-GD"}
SHOW = {"name": "广交会", "date": "2026-10-15", "contact": ZHANG.id}


@pytest.fixture
def previewing(database: Database) -> Previewing:
    employ(database, ZHANG, LI, WANG, SMITH)
    return Previewing(database, Policies(database, POLICY))


def preview(previewing: Previewing, policy: Policy | None = None, **fields: Any) -> Preview:
    return previewing.preview(lead(**fields), policy, AT)


def rows(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.read() as session:
        tables = SQLModel.metadata.sorted_tables
        return {it.name: session.connection().scalar(select(func.count()).select_from(it)) or 0 for it in tables}


WOULD_BE = [
    YUANHANG,
    {**YUANHANG, "named_contact": WANG.id},
    {**YUANHANG, "customer_type": "key_account"},
    {**YUANHANG, "customer_type": "trade_show", "show": SHOW},
    {"company": {"name": "Harbour Lights Trading, Inc."}, "region": "US-CA"},
    {"company": {"name": "Harbour Lights Trading, Inc."}},
    {"person": {"name": "测试"}},
]


@pytest.mark.parametrize("fields", WOULD_BE)
def test_it_says_what_then_happens(database: Database, previewing: Previewing, fields: dict[str, Any]) -> None:
    said = preview(previewing, **fields)
    answer = Intake(database, POLICY, IDS).register(registration(lead(**fields))).answer
    assert (said.found.outcome, said.owner) == (answer.outcome, answer.owner)
    assert (said.ownership and said.ownership.queue) == answer.queue
    decisions = read_model(database).decisions
    assert said.policy_version == decisions[0].policy_version
    assert (said.assignment and said.assignment.model_dump(mode="json")) == decisions[0].trace["assignment"]


@pytest.mark.parametrize("fields", [*WOULD_BE, {"company": {"name": "深圳市远杭科技有限公司"}}])
def test_it_writes_nothing(database: Database, previewing: Previewing, fields: dict[str, Any]) -> None:
    Intake(database, POLICY, IDS).register(registration(lead(**YUANHANG)))
    before, counted = read_model(database).content, rows(database)
    for _ in range(3):
        preview(previewing, **fields)
    assert (read_model(database).content, rows(database)) == (before, counted)


def test_a_turn_is_not_used_up(previewing: Previewing) -> None:
    owners = {preview(previewing, company={"name": firm(n)}, region="CN-GD").owner for n in range(5)}
    assert len(owners) == 1


def test_by_a_version_that_is_not_in_force(database: Database, previewing: Previewing) -> None:
    nobody = ruled({"methods": ["designated"], "queue": "management"})
    said = preview(previewing, nobody, **YUANHANG)
    assert (said.owner, said.ownership and said.ownership.queue) == (None, "management")
    assert said.policy_version == nobody.fingerprint != POLICY.fingerprint


def test_a_known_customer_stays_where_it_is(database: Database, previewing: Previewing) -> None:
    answer = Intake(database, POLICY, IDS).register(registration(lead(**YUANHANG))).answer
    said = preview(previewing, phones=["13800138000"])
    assert (said.found.outcome, said.owner, said.assignment) == (Outcome.DUPLICATE, answer.owner, None)
    assert said.found.candidates[0].id == answer.customer_id


def test_a_known_customer_that_names_somebody_else_would_change_hands(
    database: Database, previewing: Previewing
) -> None:
    Intake(database, POLICY, IDS).register(registration(lead(**YUANHANG)))
    said = preview(previewing, phones=["13800138000"], named_contact=WANG.id)
    assert said.owner is not None
    assert said.owner.id == WANG.id
    assert said.assignment is not None
    assert said.assignment.method == "named_contact"


def test_a_known_customer_in_the_pool_would_get_another_try(database: Database, previewing: Previewing) -> None:
    answer = Intake(database, POLICY, IDS).register(registration(lead(**YUANHANG))).answer
    assert answer.owner is not None
    release = Release(rep_id=answer.owner.id, reason="不在我的行业")
    asked = Asked(id="req_1", actor="system", change=release)
    Changes(database, POLICY, IDS).carry_out(Request(customer_id=answer.customer_id or "", at=AT, asked=asked))
    said = preview(previewing, phones=["13800138000"])
    assert said.owner is not None
    assert said.assignment is not None


def test_whoever_is_in_doubt_has_no_owner_yet(database: Database, previewing: Previewing) -> None:
    empty(database)
    employ(database, ZHANG)
    known = lead(company={"name": "深圳市远航达科技有限公司"}, region="CN-GD")
    Intake(database, POLICY, IDS).register(registration(known))
    said = preview(previewing, company={"name": "深圳市远杭达科技有限公司"}, region="CN-GD")
    assert (said.found.outcome, said.ownership, said.assignment) == (Outcome.NEEDS_CONFIRMATION, None, None)


def test_it_waits_for_nobody(database: Database, previewing: Previewing) -> None:
    """While somebody decides on the same customer and has the rotation pool, a look comes back at once."""
    with database.write() as session:
        database.lock(session, "rotation:CN-GD", "reps", "caps", "policies")
        assert preview(previewing, **YUANHANG).owner is not None


def test_a_customer_whose_clock_runs_would_be_decided_about_by_the_version_of_its_clock(
    database: Database, previewing: Previewing
) -> None:
    versions = PolicyVersions(database, lambda: AT)
    versions.keep_file(POLICY, POLICY_TEXT)
    stand = {"customer_type": "trade_show", "show": SHOW}
    Intake(database, POLICY, IDS).register(registration(lead(**YUANHANG | stand)))
    text = edited({"version": "later"})
    versions.add(NewVersion(policy=parse_policy(text), content=text, activates_at=AT), "administrator")
    assert preview(previewing, phones=["13800138000"]).policy_version == POLICY.fingerprint
    assert preview(previewing, company={"name": firm(1)}).policy_version == parse_policy(text).fingerprint
