"""The steps of an import on both databases: what the dry run says, what loading does, once, and what undoing takes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

import store.import_loading
import store.import_undoing
from domain.audit_record import RecordKind
from domain.change import Asked, ChangeProfile, LogFollowUp, Refused, Request, TryAgain
from domain.follow_up import FollowUp
from domain.importing.batch import Batch, Done, Stage, Step
from domain.importing.columns import Field
from domain.importing.row import Verdict, Why
from domain.policy import FollowUpKind
from domain.profile import Profile
from store.changes import Changes
from store.database import Database
from store.import_analysis import Analysis
from store.import_files import ImportFiles
from store.import_loading import Loading
from store.import_telling import Telling
from store.import_undoing import Undoing
from store.imports import Imports, LineFilter
from store.intake import Intake
from store.policies import Policies
from store.tables import AuditLogRow, EventRemovalRow, EventRow, ImportLineRow, ImportRow
from tests.auditing import lines_of, seal, verified
from tests.databases import at_once
from tests.examples import AT, IDS, LI, OTHER_USCC, POLICY, SMITH, USCC, ZHANG, employ, firm, lead, registration
from tests.importing import XIXI, YUANHANG, csv_of, row
from tests.invariants import read_model, violations


class Stand:
    """Everything that an import takes, on one database."""

    def __init__(self, database: Database, folder: Path) -> None:
        employ(database, ZHANG, LI, SMITH)
        self.database = database
        self.files = ImportFiles(folder)
        self.imports = Imports(database)
        self.intake = Intake(database, POLICY, IDS)
        self.analysis = Analysis(database, Policies(database, POLICY), self.files, self.imports, 10_000)
        self.loading = Loading(database, self.intake, IDS)
        self.undoing = Undoing(database)
        self.changes = Changes(database, POLICY, IDS)

    def begin(self, content: bytes) -> Step:
        """Send a file; the first step of its import."""
        kept = asyncio.run(self.files.keep(_pieces(content)))
        found, _ = self.imports.begin(IDS.make("imp", kept.digest), kept, "客户.csv", "admin", AT)
        return Step(batch=Batch(import_id=found.id, attempt=found.attempt), at=AT)

    def analysed(self, rows: Sequence[Sequence[str]]) -> Step:
        """Send rows and have them analysed."""
        step = self.begin(csv_of(rows))
        assert self.analysis.analyse(step) is Stage.READY, self.row(step).failure
        return step

    def loaded(self, rows: Sequence[Sequence[str]]) -> Step:
        """Send rows and have them loaded."""
        step = self.analysed(rows)
        while not self.loading.load_some(step).finished:
            pass
        return step

    def undone(self, step: Step) -> None:
        """Take it all back."""
        later = step.model_copy(update={"at": AT + timedelta(hours=1)})
        while not self.undoing.undo_some(later).done.finished:
            pass

    def row(self, step: Step) -> ImportRow:
        """The import."""
        return self.imports.get(step.batch.import_id)

    def lines(self, step: Step) -> dict[int, ImportLineRow]:
        """Its lines by their number."""
        return {line.line: line for line in self.imports.lines(self.row(step), LineFilter(), None, 1_000)}

    def verdicts(self, step: Step) -> list[str]:
        """What becomes of each line, in order."""
        return [line.verdict for line in self.lines(step).values()]

    def submit(self, **fields: Any) -> str:
        """Register a lead; its customer."""
        customer_id = self.intake.register(registration(lead(**fields))).answer.customer_id
        assert customer_id is not None
        return customer_id

    def sound(self) -> None:
        """Nothing breaks an invariant."""
        assert violations(read_model(self.database)) == []


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


@pytest.fixture
def stand(database: Database, tmp_path: Path) -> Stand:
    return Stand(database, tmp_path)


class TestDryRun:
    """The analysis: it says what would become of every row, and changes nothing."""

    def test_tells_what_becomes_of_each_row(self, stand: Stand) -> None:
        known = stand.submit(company={"name": XIXI[0]}, region="CN-ZJ")
        before = read_model(stand.database).content
        step = stand.analysed(
            [YUANHANG, XIXI, row("远航", 手机号="13800138000"), row("坏行有限公司", 邮箱="x"), row("测试")]
        )
        assert read_model(stand.database).content == before
        lines = stand.lines(step)
        assert stand.verdicts(step) == ["new", "known", "same_row", "bad", "bad"]
        assert (lines[3].customer_id, lines[4].head) == (known, 2)
        assert [(fault["column"], fault["code"]) for line in lines.values() for fault in line.faults] == [
            ("邮箱", "email_invalid"),
            ("", "placeholder"),
        ]
        assert lines[5].cells == list(row("坏行有限公司", 邮箱="x"))
        assert lines[2].completed == ["region", "website"]
        counts = stand.row(step).counts
        assert (counts["rows"], counts["verdicts"]["new"], counts["completed"]["region"]) == (5, 1, 1)
        assert (counts["before"]["region"], counts["before"]["all"], counts["after"]["region"]) == (1, 4, 2)

    def test_asks_about_what_is_only_possible(self, stand: Stand) -> None:
        known = stand.submit(company={"name": "宏远集团有限公司"}, phones=["0755-86013060"])
        step = stand.analysed([row("深航物流有限公司", 手机号="0755-86013060")])
        (line,) = stand.lines(step).values()
        assert (line.verdict, line.why, line.candidates) == (Verdict.DOUBT, Why.POSSIBLE_CUSTOMER, [known])

    def test_asks_about_what_may_be_a_waiting_lead(self, stand: Stand) -> None:
        stand.submit(company={"name": "宏远集团有限公司"}, phones=["0755-86013060"])
        waiting = lead(company={"name": "深航物流有限公司"}, phones=["0755-86013060"], emails=["a@shenhang-wl.com"])
        assert not stand.intake.register(registration(waiting)).settled
        step = stand.analysed([row("", 邮箱="a@shenhang-wl.com", 联系人="王小明")])
        (line,) = stand.lines(step).values()
        assert (line.verdict, line.why) == (Verdict.DOUBT, Why.WAITING_LEAD)

    def test_again_with_another_mapping(self, stand: Stand) -> None:
        step = stand.begin(csv_of([["远航科技有限公司", "王小明", "13800138000"]], ["甲", "乙", "丙"]))
        assert stand.analysis.analyse(step) is Stage.FAILED
        assert stand.row(step).failure["code"] == "identity_missing"
        with pytest.raises(Refused, match="import_mapping_unusable"):
            stand.imports.remap(step.batch, {"丁": Field.COMPANY}, AT)
        stand.imports.remap(step.batch, {"甲": Field.COMPANY, "丙": Field.PHONE}, AT)
        assert stand.analysis.analyse(step) is Stage.READY
        (line,) = stand.lines(step).values()
        assert line.lead["company"]["name"] == "远航科技有限公司" and "person" not in line.lead

    def test_repeated_gives_the_same_and_leaves_no_lines_of_the_first(self, stand: Stand) -> None:
        step = stand.analysed([YUANHANG, XIXI])
        first = [line.model_dump(exclude={"analysis"}) for line in stand.lines(step).values()]
        assert stand.analysis.analyse(step) is Stage.READY
        assert [line.model_dump(exclude={"analysis"}) for line in stand.lines(step).values()] == first
        with stand.database.read() as session:
            assert len(session.exec(select(ImportLineRow)).all()) == 2

    def test_one_that_was_given_up_is_not_shown(self, stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
        """A worker that everybody took for dead comes to its end after its successor."""
        step = stand.begin(csv_of([YUANHANG]))
        slow, judge = stand.analysis, stand.analysis._judge

        def overtaken(*args: Any) -> None:
            judge(*args)
            monkeypatch.setattr(slow, "_judge", judge)
            assert slow.analyse(step) is Stage.READY

        monkeypatch.setattr(slow, "_judge", overtaken)
        slow.analyse(step)
        assert (stand.row(step).analysis, stand.row(step).begun) == (2, 2)
        assert list(stand.lines(step)) == [2]

    def test_text_that_databases_cannot_hold_is_kept_readable(self, stand: Stand) -> None:
        step = stand.analysed([row("坏\x00行有限公司", 邮箱="a\x00b")])
        (line,) = stand.lines(step).values()
        assert line.verdict == Verdict.BAD and "\ufffd" in line.cells[0]


class TestLoading:
    """What was shown becomes customers, once, whatever comes meanwhile."""

    def test_new_customers_get_owners_and_traces(self, stand: Stand) -> None:
        """Invariants one_owner and explained: by the policy, or as the file names them."""
        step = stand.loaded([YUANHANG, row("广州东方酒店有限公司", 负责人="Jane Smith"), row("Lakeside Robotics Ltd")])
        stand.sound()
        owners = {it.name: (it.owner_id, it.queue) for it in read_model(stand.database).customers}
        assert owners[YUANHANG[0]][0] in (ZHANG.id, LI.id)
        assert owners["广州东方酒店有限公司"] == (SMITH.id, None)
        assert owners["Lakeside Robotics Ltd"] == (None, "unassigned")
        states = [line.state for line in stand.lines(step).values()]
        assert sorted(states) == ["loaded", "told", "told"]  # who waits in a queue is to be watched

    def test_merged_rows_are_one_customer_with_all_contacts(self, stand: Stand) -> None:
        stand.loaded([YUANHANG, row("远航", 手机号="13800138000", 联系人="陈静", 邮箱="chen@yuanhang-tech.com")])
        (customer,) = read_model(stand.database).customers
        assert [person["name"] for person in customer.profile["people"]] == ["王小明", "陈静"]
        assert customer.profile["emails"] == ["wang@yuanhang-tech.com", "chen@yuanhang-tech.com"]
        stand.sound()

    def test_gaps_of_known_customers_are_filled_and_nothing_is_overwritten(self, stand: Stand) -> None:
        known = stand.submit(company={"name": "远航"}, phones=["13800138000"], industry="贸易", region="CN-ZJ")
        stand.loaded([YUANHANG])
        (customer,) = read_model(stand.database).customers
        assert (customer.id, customer.name, customer.industry, customer.region) == (known, "远航", "贸易", "CN-ZJ")
        assert customer.profile["address"] == "广东省深圳市南山区科技园1号"
        stand.sound()

    def test_a_step_that_is_repeated_loads_nothing_twice(self, stand: Stand) -> None:
        step = stand.loaded([YUANHANG, XIXI])
        before = read_model(stand.database).content
        assert stand.loading.load_some(step) == Done(count=0, finished=True)
        assert read_model(stand.database).content == before

    def test_what_breaks_off_leaves_whole_transactions(self, stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
        """Invariant nothing_lost: killed between two transactions, or within one, it goes on where it stopped."""
        monkeypatch.setattr(store.import_loading, "AT_ONCE", 3)
        step = stand.analysed([row(firm(at * 17)) for at in range(8)])
        stand.loading.load_some(step)
        keep, loaded = stand.loading._keep, 0

        def dying(*args: Any) -> None:
            nonlocal loaded
            loaded += 1
            if loaded == 2:
                raise ConnectionError
            keep(*args)

        monkeypatch.setattr(stand.loading, "_keep", dying)
        with pytest.raises(ConnectionError):
            stand.loading.load_some(step)
        assert len(read_model(stand.database).customers) == 3
        monkeypatch.setattr(stand.loading, "_keep", keep)
        while not stand.loading.load_some(step).finished:
            pass
        assert len(read_model(stand.database).customers) == 8
        stand.sound()

    def test_a_lead_that_came_since_the_dry_run_is_seen(self, stand: Stand) -> None:
        step = stand.analysed([YUANHANG, row("深航物流有限公司", 手机号="0755-86013060")])
        known = stand.submit(phones=["13800138000"], person={"name": "小王"})
        stand.submit(company={"name": "宏远集团有限公司"}, phones=["0755-86013060"])
        stand.loading.load_some(step)
        lines = stand.lines(step)
        assert (lines[2].verdict, lines[2].customer_id) == (Verdict.KNOWN, known)
        assert (lines[3].verdict, lines[3].why, lines[3].state) == (Verdict.DOUBT, Why.POSSIBLE_CUSTOMER, "pending")
        assert len(read_model(stand.database).customers) == 2
        verdicts = stand.row(step).counts["verdicts"]
        assert verdicts == {"new": 0, "known": 1, "doubt": 1, "same_row": 0, "bad": 0}
        stand.sound()

    def test_leads_and_rows_at_the_same_moment(self, stand: Stand) -> None:
        """Invariant one_customer: whoever comes first, the other finds the customer."""
        rows = [row(firm(at * 17), 手机号=f"1380013{at:04}") for at in range(12)]
        step = stand.analysed(rows)
        leads = [registration(lead(company={"name": firm(at * 17)}, phones=[f"1380013{at:04}"])) for at in range(12)]

        def register(at: int) -> None:
            stand.intake.register(leads[at])

        at_once([lambda: stand.loading.load_some(step), *(lambda at=at: register(at) for at in range(12))])
        assert len(read_model(stand.database).customers) == 12
        stand.sound()

    def test_two_files_at_the_same_moment(self, stand: Stand) -> None:
        rows = [row(firm(at * 17), 手机号=f"1380013{at:04}") for at in range(12)]
        one, other = stand.analysed(rows), stand.analysed(rows[::-1])
        at_once([lambda: stand.loading.load_some(one), lambda: stand.loading.load_some(other)])
        assert len(read_model(stand.database).customers) == 12
        stand.sound()

    def test_another_process_goes_on_between_two_transactions(
        self, stand: Stand, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Invariants nothing_lost and once: all that a step needs is in the database; a lead comes between."""
        monkeypatch.setattr(store.import_loading, "AT_ONCE", 3)
        step = stand.analysed([row(firm(at * 17), 手机号=f"1380013{at:04}") for at in range(8)])
        counts, finished, at = [], False, 0
        while not finished:
            stand.submit(company={"name": firm(at * 17)}, phones=[f"1380013{at:04}"])
            at += 4
            successor = Loading(stand.database, Intake(stand.database, POLICY, IDS), IDS)
            done = successor.load_some(step)
            counts.append(done.count)
            finished = done.finished or at > 7
        while not stand.loading.load_some(step).finished:
            pass
        assert counts[0] == 3 and len(read_model(stand.database).customers) == 8
        assert set(stand.verdicts(step)) == {"new", "known"}
        stand.sound()

    def test_a_crowd_of_leads_of_one_customer_meets_its_row(self, stand: Stand) -> None:
        """Invariant one_customer: a row and many leads of one customer, all at the same moment."""
        step = stand.analysed([YUANHANG])
        leads = [
            registration(lead(external_id=f"web-{at}", company={"name": YUANHANG[0]}, phones=["13800138000"]))
            for at in range(8)
        ]

        def register(at: int) -> None:
            stand.intake.register(leads[at])

        at_once([lambda: stand.loading.load_some(step), *(lambda at=at: register(at) for at in range(8))])
        assert len(read_model(stand.database).customers) == 1
        stand.sound()

    def test_the_same_rows_in_another_file_are_known(self, stand: Stand) -> None:
        stand.loaded([YUANHANG, XIXI])
        again = stand.loaded([XIXI, YUANHANG])
        assert stand.verdicts(again) == ["known", "known"]
        assert len(read_model(stand.database).customers) == 2
        stand.sound()

    def test_the_same_file_is_the_same_import(self, stand: Stand) -> None:
        step = stand.loaded([YUANHANG])
        stand.imports.move(step.batch, Stage.DONE, AT)
        assert stand.begin(csv_of([YUANHANG])) == step
        assert stand.row(step).stage == Stage.DONE

    def test_a_named_owner_never_changes_who_owns_a_known_customer(self, stand: Stand) -> None:
        stand.submit(company={"name": XIXI[0]}, region="CN-GD", named_contact=ZHANG.id)
        step = stand.loaded([row(XIXI[0], 省份="CN-GD", 负责人="李娜")])
        (line,) = stand.lines(step).values()
        assert (line.verdict, line.effect["arrived"]) == ("known", None)
        assert read_model(stand.database).customers[0].owner_id == ZHANG.id

    def test_an_ownerless_customer_is_handed_to_its_workflow(self, stand: Stand) -> None:
        stand.submit(company={"name": XIXI[0]}, region="CN-ZJ")
        step = stand.loaded([row(XIXI[0], 省份="CN-ZJ", 负责人="李娜")])
        (line,) = stand.lines(step).values()
        assert (line.state, line.effect["arrived"]["case"]["named_contact"]) == ("loaded", LI.id)
        telling = Telling(stand.database)
        assert [it.line for it in telling.next(step.batch)] == [2]
        telling.told(step.batch, [2])
        assert telling.next(step.batch) == [] and stand.lines(step)[2].state == "told"

    def test_contradicting_identifiers_never_meet(self, stand: Stand) -> None:
        stand.submit(company={"name": "甲方实业有限公司", "uscc": USCC}, phones=["13800138000"])
        step = stand.loaded([row("乙方实业有限公司", 统一社会信用代码=OTHER_USCC, 手机号="13800138000")])
        assert stand.verdicts(step) == ["doubt"]
        stand.sound()


class TestUndoing:
    """What the import made goes, what somebody has worked with stays."""

    def test_leaves_everything_as_it_was(self, stand: Stand) -> None:
        stand.submit(company={"name": "远航"}, phones=["13800138000"], industry="贸易")
        before = read_model(stand.database)
        step = stand.loaded([YUANHANG, XIXI, row("远航", 手机号="13800138000", 联系人="陈静")])
        stand.undone(step)
        after = read_model(stand.database)
        assert [it.profile for it in after.customers] == [it.profile for it in before.customers]
        assert {(it.kind, it.value) for it in after.keys} == {(it.kind, it.value) for it in before.keys}
        assert {line.state for line in stand.lines(step).values()} == {"undone", "pending"}
        stand.sound()
        stand.undone(step)
        assert read_model(stand.database).content == after.content

    @pytest.mark.parametrize("before", [True, False], ids=["sealed_before", "sealed_after"])
    def test_is_sound_to_auditors(self, stand: Stand, before: bool) -> None:
        """What was taken back is told by removals, which are sealed, whether its events were sealed before or not."""
        kept = stand.submit(company={"name": "远航"}, phones=["13800138000"])
        step = stand.loaded([XIXI, row(firm(0))])
        made = {line.customer_id for line in stand.lines(step).values()} - {kept}
        with stand.database.read() as session:
            there = set(session.exec(select(EventRow.id).where(col(EventRow.customer_id).in_(made))))
        if before:
            seal(stand.database, datetime.now(UTC))
        stand.undone(step)
        assert not verified(stand.database).findings
        seal(stand.database, datetime.now(UTC))
        assert not verified(stand.database, lines_of(stand.database)).findings
        with stand.database.read() as session:
            removals = session.exec(select(EventRemovalRow)).all()
            sealed = session.exec(select(AuditLogRow.record).where(AuditLogRow.kind == RecordKind.EVENT)).all()
            told = session.exec(select(AuditLogRow.record).where(AuditLogRow.kind == RecordKind.EVENT_REMOVAL)).all()
        assert {it.event_id for it in removals} == there
        assert {(it.customer_id, it.cause) for it in removals} == {(it, step.batch.import_id) for it in made}
        assert (there <= set(sealed), there & set(sealed)) == ((True, there) if before else (False, set()))
        assert set(told) == {str(it.position) for it in removals}

    def test_leaves_customers_that_somebody_has_worked_with(self, stand: Stand) -> None:
        rows = [row(firm(at * 17), 手机号=f"1380013{at:04}") for at in range(4)]
        step = stand.loaded(rows)
        customers = {line: found.customer_id or "" for line, found in stand.lines(step).items()}
        stand.submit(phones=["13800130000"], person={"name": "小王"})
        talk = FollowUp(rep_id=ZHANG.id, kind=FollowUpKind.CALL, content="客户想看报价", customer_answered=True)
        self._change(stand, customers[3], LogFollowUp(follow_up=talk))
        profile = Profile.model_validate(stand.lines(step)[4].profile).model_copy(update={"industry": "软件"})
        self._change(stand, customers[4], ChangeProfile(profile=profile, expected_version=1))
        stand.undone(step)
        assert [line.state for line in stand.lines(step).values()] == ["left", "left", "left", "undone"]
        assert {it.id for it in read_model(stand.database).customers} == {customers[2], customers[3], customers[4]}
        stand.sound()

    def test_another_try_out_of_a_queue_that_changed_nothing_is_no_work(self, stand: Stand) -> None:
        step = stand.loaded([row(firm(0), 省份="CN-TJ")])
        (line,) = stand.lines(step).values()
        self._change(stand, line.customer_id or "", TryAgain())
        assert stand.changes.current(line.customer_id or "").seq == 1
        stand.undone(step)
        assert not read_model(stand.database).customers

    def test_leaves_gaps_that_somebody_has_changed_since(self, stand: Stand) -> None:
        known = stand.submit(company={"name": "远航"}, phones=["13800138000"])
        step = stand.loaded([YUANHANG])
        (customer,) = read_model(stand.database).customers
        profile = Profile.model_validate(customer.profile).model_copy(update={"address": "科技园2号"})
        self._change(stand, known, ChangeProfile(profile=profile, expected_version=customer.version))
        stand.undone(step)
        assert read_model(stand.database).customers[0].profile["address"] == "科技园2号"
        assert [line.state for line in stand.lines(step).values()] == ["left"]

    def test_a_lead_that_comes_at_the_same_moment_keeps_its_customer(self, stand: Stand) -> None:
        """Invariants one_customer and nothing_lost: the lead's customer is there, loaded or its own."""
        step = stand.loaded([row(firm(at * 17), 手机号=f"1380013{at:04}") for at in range(6)])
        leads = [registration(lead(company={"name": firm(at * 17)}, phones=[f"1380013{at:04}"])) for at in range(6)]
        answers: list[str | None] = []

        def register(at: int) -> None:
            answers.append(stand.intake.register(leads[at]).answer.customer_id)

        at_once([lambda: stand.undone(step), *(lambda at=at: register(at) for at in range(6))])
        assert {it.id for it in read_model(stand.database).customers} == set(answers)
        stand.sound()

    def test_breaks_off_between_transactions_and_goes_on(self, stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
        """Invariant nothing_lost: what is half undone is whole customers, and the rest goes when it is repeated."""
        step = stand.loaded([row(firm(at * 17)) for at in range(7)])
        monkeypatch.setattr(store.import_undoing, "AT_ONCE", 3)
        assert not Undoing(stand.database).undo_some(step).done.finished
        assert len(read_model(stand.database).customers) == 4
        stand.sound()
        stand.undone(step)
        assert not read_model(stand.database).customers

    def test_nobody_finds_what_was_taken_back(self, stand: Stand) -> None:
        stand.undone(stand.loaded([YUANHANG]))
        assert stand.intake.register(registration(lead(company={"name": YUANHANG[0]}))).answer.reason == "no_match"
        stand.sound()

    def test_the_same_file_can_be_loaded_again(self, stand: Stand) -> None:
        step = stand.loaded([YUANHANG])
        stand.undone(step)
        stand.imports.move(step.batch, Stage.UNDONE, AT)
        again = stand.loaded([YUANHANG])
        assert (again.batch.import_id, again.batch.attempt) == (step.batch.import_id, 2)
        assert len(read_model(stand.database).customers) == 1
        stand.sound()

    @staticmethod
    def _change(stand: Stand, customer_id: str, change: LogFollowUp | ChangeProfile | TryAgain) -> None:
        asked = Asked(id=f"req_{customer_id}", actor="admin", change=change)
        stand.changes.carry_out(Request(customer_id=customer_id, at=AT, asked=asked))
