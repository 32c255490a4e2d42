"""Who stands for whom, however many merges lie between."""

from collections.abc import Sequence

import pytest

from store.database import Database
from store.lineage import absorbed_by, family, live_id, live_ids, locked_live
from tests.examples import LI, ZHANG, employ
from tests.store.merges import Desk


@pytest.fixture
def chain(database: Database) -> Sequence[str]:
    """Four customers: the first two merged one after the other into the third, beside the fourth."""
    employ(database, ZHANG, LI)
    desk = Desk.at(database)
    ids = [desk.register(phones=[f"1380013800{number}"], region="CN-GD") for number in range(4)]
    desk.merge(ids[1], ids[0], "mrg_1")
    desk.merge(ids[2], ids[1], "mrg_2")
    return ids


def test_live(database: Database, chain: Sequence[str]) -> None:
    with database.read() as session:
        assert [live_id(session, id_) for id_ in chain] == [chain[2], chain[2], chain[2], chain[3]]
        assert live_id(session, "cus_nobody") == "cus_nobody"
        assert live_ids(session, [*chain, "cus_nobody"]) == dict.fromkeys(chain[:2], chain[2])


def test_family(database: Database, chain: Sequence[str]) -> None:
    with database.read() as session:
        assert family(session, chain[2]) == [chain[2], chain[1], chain[0]]
        assert family(session, chain[3]) == [chain[3]]
        assert absorbed_by(session, chain[2:]) == {chain[2]: [chain[1], chain[0]]}


def test_locked(database: Database, chain: Sequence[str]) -> None:
    with database.write() as session:
        assert [locked_live(session, id_).id for id_ in chain] == [chain[2], chain[2], chain[2], chain[3]]
