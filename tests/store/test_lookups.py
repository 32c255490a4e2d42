"""No lead makes the database read a whole table, so that intake is as fast beside many customers as beside few."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from domain.identity import Outcome
from domain.lead import Lead
from store.database import Database
from store.intake import Intake
from store.reading import Reading
from store.visibility import EVERYTHING
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import IDS, LI, POLICY, SMITH, ZHANG, employ, lead, registration

READING_VERBS = ("SELECT", "UPDATE", "DELETE")
YUANHANG = lead(
    company={"name": "深圳市远航科技有限公司"}, phones=["13800138000"], emails=["wang@yuanhang.cn"], region="CN-GD"
)
LEADS = {
    "new 新客户": (lead(company={"name": "Harbour Lights Inc."}, emails=["a@harbour.com"]), Outcome.NEW_CUSTOMER),
    "duplicate 重复": (lead(phones=["+86 138 0013 8000"], person={"name": "王小明"}), Outcome.DUPLICATE),
    "doubt 疑似": (lead(company={"name": "深圳市远航科技有限公司"}, region="US-CA"), None),
    "referral 转介绍": (
        lead(phones=["13900139000"], customer_type="referral", referrer={"contact": "13800138000"}),
        Outcome.NEW_CUSTOMER,
    ),
}


@pytest.fixture
def database(new_sqlite: NewDatabase) -> Iterator[Database]:
    """SQLite, whose plans say which tables are scanned; with so few rows PostgreSQL rightly scans them all."""
    made = Database(new_sqlite(TEMPLATE))
    yield made
    made.close()


@contextmanager
def asked(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Notes every statement that reads, with its parameters."""
    statements: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, ___: object, many: bool) -> None:
        if statement.startswith(READING_VERBS) and not many:
            statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def scanned(database: Database, statement: str, parameters: Any) -> set[str]:
    """The tables that a statement reads from end to end."""
    tables = {"candidate_keys", "customers", "decisions", "events", "identity_keys", "leads", "matchables"}
    tables |= {"rep_regions", "reps", "rotation_turns", "waiting_keys"}
    with database.read() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [str(step.detail).split() for step in plan]
    return {step[1] for step in steps if step[0] == "SCAN"} & tables


@pytest.mark.parametrize(("further", "outcome"), LEADS.values(), ids=LEADS)
def test_a_lead_reads_no_whole_table(database: Database, further: Lead, outcome: Outcome | None) -> None:
    employ(database, ZHANG, LI, SMITH)
    intake = Intake(database, POLICY, IDS)
    intake.register(registration(YUANHANG))
    with asked(database) as statements:
        settled = intake.register(registration(further))
        Reading(database, EVERYTHING).lead(settled.answer.lead_id)
    assert outcome in (None, settled.answer.outcome)
    assert len(statements) > 3
    for statement, parameters in statements:
        assert not scanned(database, statement, parameters), statement
