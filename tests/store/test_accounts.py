"""Users, keys and refusals in the database, on both: what every call asks for, and what counts at that moment."""

from datetime import timedelta

import pytest

from domain.role import Role
from domain.user import NewUser, UserChange
from store.accounts import Account, Accounts
from store.api_keys import ApiKeys
from store.database import Database
from store.errors import AlreadyExists, NotFound, UnusableReference, VersionMismatch
from store.refusals import RefusalFilter, Refusals, Why
from store.tables import AccessRefusalRow, ApiKeyRow, RepRow, UserRow
from store.users import Users
from tests.databases import at_once
from tests.examples import AT, LI, ZHANG, employ

HOUR = timedelta(hours=1)


def anything(version: int) -> None:
    pass


@pytest.fixture
def users(database: Database) -> Users:
    employ(database, LI, ZHANG.model_copy(update={"active": False}))
    made = Users(database)
    made.create(NewUser(id="li", name="李娜", role=Role.REP, person=LI.id), "a hash")
    return made


def test_a_user_is_who_the_table_says_now(users: Users, database: Database) -> None:
    account = Accounts(database).user("li")
    assert account is not None
    assert (account.role, account.person) == (Role.REP, LI.id)
    users.change("li", UserChange(role=Role.AUDITOR, person=None), None, anything)
    assert Accounts(database).user("li") == Account(Role.AUDITOR, None, account.valid_from)
    users.change("li", UserChange(active=False), None, anything)
    assert Accounts(database).user("li") is None
    assert users.password("li") is None
    assert Accounts(database).user("nobody") is None


def test_a_rep_who_left_is_no_user(users: Users, database: Database) -> None:
    with database.write() as session:
        session.get_one(RepRow, LI.id).active = False
    assert Accounts(database).user("li") is None


def test_a_password_moves_the_time_from_which_tokens_count(users: Users, database: Database) -> None:
    before = Accounts(database).user("li")
    users.change("li", UserChange(name="李娜娜"), None, anything)
    assert Accounts(database).user("li") == before
    users.change("li", UserChange(password="a new and long one"), "another hash", anything)
    after = Accounts(database).user("li")
    assert before is not None
    assert after is not None
    assert after.valid_from > before.valid_from
    assert users.password("li") == "another hash"
    users.change("li", UserChange(password=None), None, anything)
    assert users.password("li") is None


def test_what_a_user_names_must_be_there(users: Users) -> None:
    for person, code in ((ZHANG.id, "rep_inactive"), ("nobody", "rep_unknown")):
        with pytest.raises(UnusableReference) as caught:
            users.create(NewUser(id="x", name="x", role=Role.MANAGER, person=person), None)
        assert (caught.value.field, caught.value.code) == ("person", code)
    with pytest.raises(UnusableReference):
        users.change("li", UserChange(person=None), None, anything)
    assert users.get("li").person == LI.id
    with pytest.raises(AlreadyExists):
        users.create(NewUser(id="li", name="x", role=Role.AUDITOR), None)
    with pytest.raises(NotFound):
        users.change("nobody", UserChange(name="x"), None, anything)
    with pytest.raises(NotFound):
        users.get("nobody")


def test_a_version_counts_what_really_changed(users: Users) -> None:
    def second(version: int) -> None:
        if version != 2:
            raise VersionMismatch

    assert users.change("li", UserChange(name="李娜"), None, anything).version == 1
    assert users.change("li", UserChange(name="李娜娜"), None, anything).version == 2
    assert users.change("li", UserChange(name="李娜"), None, second).version == 3
    with pytest.raises(VersionMismatch):
        users.change("li", UserChange(name="x"), None, second)
    assert [user.name for user in users.page(True, None, 10)] == ["李娜"]
    assert users.page(False, None, 10) == []


def test_of_those_who_make_a_user_at_once_one_does(database: Database) -> None:
    def create() -> bool:
        try:
            Users(database).create(NewUser(id="x", name="x", role=Role.AUDITOR), None)
        except AlreadyExists:
            return False
        return True

    assert sorted(at_once([create] * 5)) == [False] * 4 + [True]
    with database.read() as session:
        assert session.get_one(UserRow, "x").version == 1


def key(key_id: str = "key_1", **fields: object) -> ApiKeyRow:
    base = {"id": key_id, "name": "官网", "scopes": ["leads.submit"], "digest": "first", "created_by": "administrator"}
    return ApiKeyRow(**base | {"created_at": AT} | fields)


def test_a_key_counts_until_it_ends_or_is_ended(database: Database) -> None:
    keys, accounts = ApiKeys(database), Accounts(database)
    keys.create(key(expires_at=AT + HOUR))
    held = accounts.key("key_1", AT)
    assert held is not None
    assert (list(held.scopes), list(held.digests)) == (["leads.submit"], ["first"])
    assert accounts.key("key_1", AT + HOUR) is None
    assert accounts.key("key_2", AT) is None
    keys.revoke("key_1", AT)
    assert accounts.key("key_1", AT) is None
    assert keys.revoke("key_1", AT + HOUR).revoked_at == AT
    for call in (lambda: keys.revoke("key_2", AT), lambda: keys.rotate("key_1", "x", HOUR, AT)):
        with pytest.raises(NotFound):
            call()


def test_two_secrets_count_while_they_overlap(database: Database) -> None:
    keys, accounts = ApiKeys(database), Accounts(database)
    keys.create(key())
    row = keys.rotate("key_1", "second", HOUR, AT)
    assert (row.digest, row.previous_digest, row.previous_until) == ("second", "first", AT + HOUR)
    for at, digests in ((AT, ["second", "first"]), (AT + HOUR, ["second"])):
        held = accounts.key("key_1", at)
        assert held is not None
        assert list(held.digests) == digests
    assert [it.id for it in keys.page(None, 10)] == ["key_1"]
    assert keys.page(("key_1",), 10) == []


def test_refusals_are_kept_in_their_order(database: Database) -> None:
    refusals = Refusals(database)
    for number, why in enumerate((Why.ROLE, Why.HIDDEN, Why.PROBING)):
        fields = {"role": "rep", "method": "GET", "route": "/v1/users", "record": None}
        refusals.keep(AccessRefusalRow(at=AT, principal=f"p{number % 2}", reason=why, **fields))
    newest = refusals.page(RefusalFilter(), None, 1)
    assert [row.reason for row in newest] == ["probing", "hidden"]
    assert [row.reason for row in refusals.page(RefusalFilter(), newest[0].position, 5)] == ["hidden", "role"]
    assert [row.reason for row in refusals.page(RefusalFilter(principal="p0"), None, 5)] == ["probing", "role"]
    assert [row.principal for row in refusals.page(RefusalFilter(reason=Why.HIDDEN), None, 5)] == ["p1"]
