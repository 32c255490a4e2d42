"""The organisation that a policy is checked against."""

import pytest

from domain.policy_file import check_policy
from store.database import Database
from store.organisation import directory_of
from store.tables import RegionRow
from tests.examples import BROWN, LI, POLICY_TEXT, ZHANG, employ


@pytest.fixture
def organised(database: Database) -> Database:
    employ(database, ZHANG, BROWN, LI.model_copy(update={"active": False}))
    with database.write() as session:
        session.add_all(RegionRow(id=code, name=code, active=code != "GB-LND") for code in ("CN-GD", "DE", "GB-LND"))
    return database


def test_reps_with_their_regions_and_the_active_regions(organised: Database) -> None:
    with organised.read() as session:
        directory = directory_of(session)
    assert {rep.id: (rep.active, set(rep.regions)) for rep in directory.reps} == {
        ZHANG.id: (True, {"CN-GD"}),
        BROWN.id: (True, {"US-CA", "US-NY"}),
        LI.id: (False, {"CN-GD"}),
    }
    assert directory.regions == {"CN-GD", "DE"}
    findings = check_policy(POLICY_TEXT, directory)[1]
    assert [(finding.code, dict(finding.facts)) for finding in findings] == [("region_uncovered", {"region": "DE"})]
