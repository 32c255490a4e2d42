"""The year with OneOwner: the same approaches, and what people do once they are told whose a customer is."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.answer import Answer
from domain.change import Claim, LogFollowUp, OpenCommitment
from domain.collision.detector import Detector
from domain.commitment import Commitment, CommitmentKind
from domain.follow_up import FollowUp
from domain.identity import Outcome
from domain.ownership import Place
from domain.policy import FollowUpKind
from domain.submission import Choice
from domain.touch import TouchKind
from simulator import conduct
from simulator.agenda import Agenda
from simulator.people import Person, Team
from simulator.records import Records
from simulator.system import System
from simulator.truth import Ledger
from simulator.year import Approach, Way, luck_of, show_of

_LEADS = frozenset({Way.FORM, Way.WISH, Way.ENTERED, Way.SHOW, Way.REFERRED, Way.TYPED})
_OF_A_REP = frozenset({Way.ENTERED, Way.CALLED, Way.SHOW})
"""Leads that tell whose they are."""
_NEGLECTED = timedelta(days=23)
"""The owner of a customer from a show who has not been in touch for so long is warned by the shipped rules."""
_SELLING = timedelta(days=90)
_WAYS: dict[Way, FollowUpKind] = {Way.SHOW: FollowUpKind.MEETING, Way.ENTERED: FollowUpKind.VISIT}
_SAID = "介绍了方案并约定下次沟通时间"


class WithIt:
    """Plays the approaches of a year."""

    def __init__(self, system: System, agenda: Agenda, teams: Sequence[Team], seed: int) -> None:
        self.ledger = Ledger()
        self.records = Records(system, teams[0].manager_id)
        self._system = system
        self._agenda = agenda
        self._people = {person.id: person for team in teams for person in team.people}
        self._seed = seed
        self._doubts: dict[str, Approach] = {}
        self._shows: dict[int, list[tuple[str, str]]] = defaultdict(list)
        self._needs: dict[int, dict[str, datetime]] = defaultdict(dict)
        self.stopped: set[tuple[int, str]] = set()
        system.settled_by_itself = self._cleared

    def plan(self, approaches: Sequence[Approach]) -> None:
        """Put the year on the agenda."""
        for approach in approaches:
            self._agenda.put(approach.at, lambda at, it=approach: self._happens(it, at))  # type: ignore[misc]

    def _happens(self, approach: Approach, at: datetime) -> None:
        self.ledger.known.setdefault(approach.company.number, at)
        customer_id = self.records.of(approach.company.number)
        if customer_id is None or approach.way in _LEADS:
            self._submit(approach, at)
        elif approach.way is Way.CALLED:
            self._tempted(approach, customer_id, at)
        elif approach.way is Way.ADDRESS_BOOK:
            self._synchronised(approach, customer_id, at)
        else:
            self._covered(approach, customer_id, at)

    # ── leads ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _submit(self, approach: Approach, at: datetime) -> None:
        lead = {**approach.lead, "source": approach.way, "external_id": f"{approach.number}", **self._by(approach, at)}
        answer = self._system.submit(lead, at)
        self.records.wrote(answer.lead_id, approach)
        if answer.outcome is Outcome.NEEDS_CONFIRMATION:
            self._in_doubt(approach, answer, at)
        else:
            self._settled(approach, answer, at)

    def _by(self, approach: Approach, at: datetime) -> dict[str, object]:
        """Who a lead says that it comes from."""
        rep_id, number = approach.person.id, approach.company.number
        match approach.way:
            case Way.FORM:
                return {}
            case Way.WISH:
                return {"named_contact": rep_id}
            case Way.SHOW:
                name, day = show_of(at)
                show = {"name": name, "date": day.isoformat(), "contact": rep_id}
                return {"customer_type": "trade_show", "show": show}
            case Way.REFERRED:
                known = [it for it in sorted(self.records.companies) if it != number]
                by = known[luck_of(self._seed, approach.number)("referrer").randrange(len(known))] if known else None
                referrer = {"customer_id": self.records.of(by)} if by is not None else None
                return {"customer_type": "referral", "referrer": referrer}
            case Way.TYPED | Way.COVERED:
                return {"submitted_by": rep_id}
            case _:  # a rep's own lead names the rep, so that a customer that nobody has is theirs
                return {"submitted_by": rep_id, "named_contact": rep_id}

    def _in_doubt(self, approach: Approach, answer: Answer, at: datetime) -> None:
        """Whose lead it is and whoever has the customer are about to meet; a person is asked, who takes some hours."""
        number, person = approach.company.number, approach.person
        if approach.covets and approach.way not in (Way.FORM, Way.REFERRED):
            if self.records.of(number) is not None:
                self.ledger.meet(Detector.DOUBT_ABOUT_OWNED, at, number, person.id)
            beside = [it for it in self._doubts.values() if it.company.number == number and it.covets]
            rivals = [it.person.id for it in beside if it.way in _OF_A_REP]
            if approach.way in _OF_A_REP:
                self.ledger.meet(Detector.DOUBLE_REVIEW, at, number, person.id, rivals=rivals)
        self._doubts[answer.lead_id] = approach
        hours = 2 + 30 * luck_of(self._seed, approach.number)("asked").random()
        self._agenda.after(at, hours / 24, lambda now: self._asked(answer, now))

    def _asked(self, answer: Answer, at: datetime) -> None:
        """A person says who it is: right most of the time, and new rather than wrong."""
        approach = self._doubts.pop(answer.lead_id, None)
        if approach is None:
            return
        right = luck_of(self._seed, approach.number)("word").random() < conduct.RIGHT_WORD
        known = set(self.records.all(approach.company.number)) if right else set()
        candidates = [
            self._system.live(it.id).customer_id for it in answer.candidates if it.id in self._system.standing
        ]
        choice = Choice(customer_id=next((it for it in candidates if it in known), None), by=approach.person.id)
        self._settled(approach, self._system.choose(answer.lead_id, choice, at), at)

    def _cleared(self, answer: Answer, at: datetime) -> None:
        approach = self._doubts.pop(answer.lead_id, None)
        if approach is not None:
            self._settled(approach, answer, at)

    def _settled(self, approach: Approach, answer: Answer, at: datetime) -> None:
        if answer.customer_id is None:
            return
        before = self.records.all(approach.company.number)
        self.records.note(approach, answer.customer_id)
        owner_id = self._system.live(answer.customer_id).owner_id
        if answer.outcome is Outcome.NEW_CUSTOMER:
            self._registered(approach, answer.customer_id, owner_id, before, at)
        elif answer.customer_id in before:
            self._heard_again(approach, answer.customer_id, owner_id, at)
        else:
            self._mistaken(approach, answer.customer_id, owner_id)

    def _registered(
        self, approach: Approach, customer_id: str, owner_id: str | None, before: Sequence[str], at: datetime
    ) -> None:
        number = approach.company.number
        if approach.way is Way.SHOW:
            self._shows[number].append((approach.person.id, show_of(at)[0]))
        if owner_id is None:
            return
        if before:  # a customer that was known was not recognised: there are two records now
            meeting = self.ledger.meet(Detector.FOUND_ONE, at, number, owner_id)
            self.records.doubled(number, meeting)
            luck = luck_of(self._seed, approach.number)
            if luck("tidied").random() < conduct.TIDIED:
                self._agenda.after(at, 10 + 80 * luck("when").random(), lambda now: self.records.tidy(number, now))
        for other in self.records.of_group(approach.company.group, number):
            self.ledger.meet(
                Detector.GROUP, at, number, owner_id, other, rivals=self.ledger.others(other, owner_id, at)
            )
        self._take_up(approach, customer_id, self._people[owner_id], at, "double_record" if before else approach.way)

    def _heard_again(self, approach: Approach, customer_id: str, owner_id: str | None, at: datetime) -> None:
        number, person = approach.company.number, approach.person
        if approach.way is Way.TYPED or not approach.covets:
            self.records.in_good_faith(number, person.id, at)
            return
        if approach.way in (Way.FORM, Way.REFERRED) or person.id == owner_id:
            if owner_id is not None and approach.way is not Way.FORM and not self.ledger.active(number, owner_id, at):
                self._take_up(approach, customer_id, self._people[owner_id], at, approach.way)
            return
        if approach.way is Way.SHOW:
            self._at_one_show(approach, at)
        self.ledger.meet(Detector.SECOND_LEAD, at, number, person.id)
        if self._system.live(customer_id).place is Place.POOL:
            self._claim(approach, customer_id, at)
        elif not self._heeds(approach):
            self._chase(approach, customer_id, 1 + 2 * luck_of(self._seed, approach.number)("wait").random(), at)

    def _at_one_show(self, approach: Approach, at: datetime) -> None:
        number, show = approach.company.number, show_of(at)[0]
        rivals = [rep_id for rep_id, name in self._shows[number] if name == show]
        self.ledger.meet(Detector.SAME_SHOW, at, number, approach.person.id, rivals=rivals)
        self._shows[number].append((approach.person.id, show))

    def _mistaken(self, approach: Approach, customer_id: str, owner_id: str | None) -> None:
        """The lead was taken for another customer's: its rep is told that somebody has it, and goes by that."""
        if owner_id == approach.person.id:
            self.records.in_good_faith(approach.company.number, approach.person.id, approach.at)

    def _claim(self, approach: Approach, customer_id: str, at: datetime) -> None:
        if self._system.change(customer_id, Claim(rep_id=approach.person.id), at, approach.person.id):
            self._take_up(approach, customer_id, approach.person, at, "claimed")

    def _heeds(self, approach: Approach) -> bool:
        """Whether the rep heeds what OneOwner says; the same luck as without it."""
        return luck_of(self._seed, approach.number)("heeds").random() < approach.person.conduct.heeds

    # ── past the lists ───────────────────────────────────────────────────────────────────────────────────────────

    def _tempted(self, approach: Approach, customer_id: str, at: datetime) -> None:
        owner_id = self._system.live(customer_id).owner_id
        looks = luck_of(self._seed, approach.number)("looks").random() < approach.person.conduct.looks_first
        if owner_id is None or owner_id == approach.person.id or (looks and self._heeds(approach)):
            return
        self._chase(approach, customer_id, 0, at)

    def _synchronised(self, approach: Approach, customer_id: str, at: datetime) -> None:
        number, rep_id = approach.company.number, approach.person.id
        self._system.touch(customer_id, rep_id, TouchKind.ADDRESS_BOOK, at)
        if not approach.covets:
            self.records.in_good_faith(number, rep_id, at)
            return
        self.ledger.meet(Detector.ADDRESS_BOOK, at, number, rep_id)
        if not self._heeds(approach) and self._system.live(customer_id).owner_id != rep_id:
            self._chase(approach, customer_id, 4, at)

    def _covered(self, approach: Approach, customer_id: str, at: datetime) -> None:
        self._system.touch(customer_id, approach.person.id, TouchKind.CALL, at)
        self.records.in_good_faith(approach.company.number, approach.person.id, at)

    def _chase(self, approach: Approach, customer_id: str, days: float, at: datetime, left: int | None = None) -> None:
        left = approach.person.conduct.contacts if left is None else left
        if left:
            self._agenda.after(at, days, lambda now: self._call(approach, customer_id, left, now))

    def _call(self, approach: Approach, customer_id: str, left: int, at: datetime) -> None:
        """A rep who does not own a customer speaks with it, which a system reports, or nobody."""
        number, person = approach.company.number, approach.person
        standing = self._system.live(customer_id)
        if (number, person.id) in self.stopped or standing.owner_id == person.id:
            return
        shared = any(it.rep_id == person.id for it in standing.shares)
        luck = luck_of(self._seed, approach.number)
        if not shared:
            self.ledger.meet(Detector.FOREIGN_CONTACT, at, number, person.id)
            owner_id = standing.owner_id
            last = self.ledger.last_contact(number, owner_id) if owner_id else None
            if standing.clock and owner_id and last and at - last > _NEGLECTED:
                self.ledger.meet(Detector.CALLED_BEFORE_RECYCLING, at, number, person.id, rivals=[owner_id])
        self.ledger.contact(number, person.id, at, approach.way)
        if luck(f"unlogged{left}").random() >= conduct.UNLOGGED:
            self._system.touch(customer_id, person.id, TouchKind.CALL, at)
        if left == person.conduct.contacts and luck("need").random() < conduct.PURSUES_NEED:
            self._open(approach, customer_id, person, at)
        self._chase(approach, customer_id, person.conduct.every_days, at, left - 1)

    # ── the owner's work ─────────────────────────────────────────────────────────────────────────────────────────

    def _take_up(self, approach: Approach, customer_id: str, person: Person, at: datetime, why: str) -> None:
        """An owner begins to work on a customer."""
        self.stopped.discard((approach.company.number, person.id))
        self.ledger.begin(approach.company.number, person.id, at, why)
        self._agenda.after(
            at, 1, lambda now: self._follow_up(approach, customer_id, person, person.conduct.contacts, now)
        )

    def given(self, number: int, customer_id: str, rep_id: str, at: datetime) -> None:
        """A customer came to an owner by a clock, a case or an approval."""
        self._take_up(self.records.latest(number), customer_id, self._people[rep_id], at, "reassigned")

    def _follow_up(self, approach: Approach, customer_id: str, person: Person, left: int, at: datetime) -> None:
        number = approach.company.number
        standing = self._system.live(customer_id)
        shared = any(it.rep_id == person.id for it in standing.shares)
        if not left or (number, person.id) in self.stopped:
            return
        if standing.owner_id != person.id and not shared:
            self.ledger.end(number, person.id)
            return
        luck = luck_of(self._seed, approach.number)
        answered = luck(f"answered{person.id}{left}").random() < conduct.ANSWERED
        kind = _WAYS.get(approach.way, FollowUpKind.CALL)
        follow_up = FollowUp(rep_id=person.id, kind=kind, content=_SAID, customer_answered=answered)
        self._system.change(customer_id, LogFollowUp(follow_up=follow_up), at, person.id)
        self.ledger.contact(number, person.id, at, approach.way)
        if left == person.conduct.contacts and luck(f"need{person.id}").random() < conduct.PURSUES_NEED:
            self._open(approach, customer_id, person, at)
        self._agenda.after(
            at, person.conduct.every_days, lambda now: self._follow_up(approach, customer_id, person, left - 1, now)
        )

    def _open(self, approach: Approach, customer_id: str, person: Person, at: datetime) -> None:
        """A rep opens an opportunity for what the company needs, in words of their own."""
        number, luck = approach.company.number, luck_of(self._seed, approach.number)
        rivals = [rep_id for rep_id, until in self._needs[number].items() if until > at]
        self.ledger.meet(Detector.RIVAL_OPPORTUNITIES, at, number, person.id, rivals=rivals)
        until = self._needs[number][person.id] = at + _SELLING
        commitment = Commitment(
            kind=CommitmentKind.OPPORTUNITY,
            reference=f"opp-{number}-{person.id}",
            until=until,
            rep_id=person.id,
            need=luck(f"words{person.id}").choice(approach.company.need),
        )
        self._system.change(customer_id, OpenCommitment(commitment=commitment), at, person.id)
