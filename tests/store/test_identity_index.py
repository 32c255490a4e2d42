"""The identity index: who holds which key, and the database's own word on one_customer."""

import pytest
from sqlalchemy.exc import IntegrityError

from domain.identity import STRONG, Key
from domain.policy import KeyKind
from store.database import Database
from store.identity_index import hold, holders_of, let_go
from store.rows import add
from store.tables import IdentityKeyRow

MOBILE = Key(kind=KeyKind.MOBILE, value="+8613800138000")
EMAIL = Key(kind=KeyKind.EMAIL, value="wang@example.com")
NAME = Key(kind=KeyKind.NAME, value="深圳市远航科技有限公司")
DOMAIN = Key(kind=KeyKind.DOMAIN, value="example.com")


def put(database: Database, holder: str, *keys: Key, waiting: bool = False) -> None:
    with database.write() as session:
        hold(session, holder, keys, waiting=waiting)


def find(database: Database, *keys: Key, but: str = "") -> tuple[dict[str, set[Key]], frozenset[str]]:
    with database.read() as session:
        found, waiting = holders_of(session, keys, but=but)
    return {holder: set(held) for holder, held in found.items()}, waiting


def test_everybody_who_shares_a_key_is_found_with_all_keys(database: Database) -> None:
    put(database, "cus_1", MOBILE, NAME)
    put(database, "cus_2", EMAIL, NAME)
    put(database, "lead_1", DOMAIN, waiting=True)
    assert find(database, MOBILE, DOMAIN) == ({"cus_1": {MOBILE, NAME}, "lead_1": {DOMAIN}}, frozenset({"lead_1"}))
    assert find(database, NAME)[0] == {"cus_1": {MOBILE, NAME}, "cus_2": {EMAIL, NAME}}
    assert find(database, NAME, but="cus_1")[0] == {"cus_2": {EMAIL, NAME}}
    assert find(database) == find(database, Key(kind=KeyKind.USCC, value="x")) == ({}, frozenset())


def test_a_key_is_its_kind_and_its_value(database: Database) -> None:
    put(database, "cus_1", MOBILE)
    put(database, "cus_2", Key(kind=KeyKind.PHONE, value=MOBILE.value))
    assert set(find(database, MOBILE)[0]) == {"cus_1"}


def test_a_strong_key_stays_with_its_first_holder(database: Database) -> None:
    put(database, "cus_1", MOBILE, NAME)
    put(database, "cus_2", MOBILE, NAME, EMAIL)
    assert find(database, MOBILE, NAME)[0] == {"cus_1": {MOBILE, NAME}, "cus_2": {NAME, EMAIL}}


def test_holding_again_changes_nothing(database: Database) -> None:
    put(database, "cus_1", MOBILE, NAME)
    put(database, "cus_1", NAME, MOBILE, MOBILE)
    assert find(database, MOBILE)[0] == {"cus_1": {MOBILE, NAME}}


def test_waiting_leads_hold_beside_a_customer_and_one_another(database: Database) -> None:
    put(database, "cus_1", MOBILE)
    put(database, "lead_1", MOBILE, waiting=True)
    put(database, "lead_2", MOBILE, waiting=True)
    holders, waiting = find(database, MOBILE)
    assert set(holders) == {"cus_1", "lead_1", "lead_2"}
    assert waiting == {"lead_1", "lead_2"}


def test_what_is_let_go_is_free(database: Database) -> None:
    put(database, "cus_1", MOBILE, NAME)
    put(database, "cus_2", NAME)
    with database.write() as session:
        let_go(session, "cus_1")
    put(database, "cus_3", MOBILE)
    assert find(database, MOBILE, NAME)[0] == {"cus_2": {NAME}, "cus_3": {MOBILE}}


@pytest.mark.parametrize("kind", KeyKind)
def test_one_customer_the_database_refuses_a_second_holder_of_a_strong_key(database: Database, kind: KeyKind) -> None:
    """Whoever writes, by whatever way, with a lock or without."""
    key = Key(kind=kind, value="同一个")

    def insert(holder: str, waiting: bool = False) -> None:
        row = {"kind": kind, "value": key.value, "holder": holder, "strong": key.strong, "waiting": waiting}
        with database.write() as session:
            add(session, IdentityKeyRow, row)

    insert("cus_1")
    insert("lead_1", waiting=True)
    if kind in STRONG:
        with pytest.raises(IntegrityError):
            insert("cus_2")
    else:
        insert("cus_2")
    assert set(find(database, key)[0]) == {"cus_1", "lead_1"} | (set() if kind in STRONG else {"cus_2"})
