"""The section of a policy about approvals: what it takes, and every mistake told by its line."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.approval.rules import ApprovalKind, ApprovalRules, Approver, Mode, Role, StepRule
from domain.policy import Policy
from domain.policy_checks import Directory, Severity, findings_of
from domain.policy_file import check_policy
from tests.approvals import ruled_by
from tests.examples import POLICY, WANG, ZHANG, edited

STEP = {"step": "managers", "zh": "经理", "en": "Managers", "approvers": ["owner_manager"]}


def test_the_shipped_policy_has_a_chain_for_every_kind() -> None:
    assert set(POLICY.approvals.chains) == set(ApprovalKind)
    assert all(Role.NEW_OWNER in chain.barred for kind, chain in POLICY.approvals.chains.items() if "merge" not in kind)


def test_a_policy_of_before_has_the_managers_decide() -> None:
    """A version that was stored before there were approvals loads for ever."""
    older = Policy.model_validate(POLICY.model_dump(exclude={"approvals"}))
    assert {kind: chain.steps[0].approvers[0].role for kind, chain in older.approvals.chains.items()} == dict.fromkeys(
        ApprovalKind, Role.REQUESTER_MANAGER
    )


def test_a_role_is_written_by_its_name() -> None:
    step = StepRule.model_validate(STEP | {"approvers": ["owner_manager", {"committee": "board"}, {"rep": "li.wei"}]})
    assert [approver.name for approver in step.approvers] == ["owner_manager", "committee:board", "rep:li.wei"]
    assert StepRule.model_validate(step.model_dump(mode="json")) == step


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"approvers": []}, "too_short"),
        ({"approvers": ["boss"]}, "enum"),
        ({"approvers": [{"role": "owner", "rep": "li.wei"}]}, "approver_unclear"),
        ({"approvers": [{}]}, "approver_unclear"),
        ({"mode": "quorum"}, "quorum_unclear"),
        ({"quorum": 2}, "quorum_unclear"),
        ({"mode": "quorum", "quorum": 0}, "greater_than_equal"),
        ({"mode": "some"}, "enum"),
        ({"when": {"levle": "A"}}, "extra_forbidden"),
        ({"unknown": 1}, "extra_forbidden"),
    ],
)
def test_mistakes_in_a_step(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as error:
        StepRule.model_validate(STEP | fields)
    assert error.value.errors()[0]["type"] == code


@pytest.mark.parametrize("hours", [(8, 8, 80), (16, 8, 80), (8, 80, 16)])
def test_deadlines_come_one_after_another(hours: tuple[int, int, int]) -> None:
    names = ("remind_after_hours", "escalate_after_hours", "expire_after_hours")
    with pytest.raises(ValidationError) as error:
        ApprovalRules.model_validate(dict(zip(names, hours, strict=True)))
    assert error.value.errors()[0]["type"] == "approval_hours"


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"approvals.calendar": "nights"}, "unknown_calendar", ("approvals", "calendar")),
        ({"approvals.chains.share.steps": [STEP, STEP]}, "duplicate_step", "share"),
        ({"approvals.chains.merge.steps.0.approvers": [{"committee": "board"}]}, "unknown_committee", "merge"),
        ({"approvals.chains.merge.steps.0.when": {"region": "CN-XX"}}, "unknown_region", "merge"),
        ({"approvals.chains.merge.steps.0.auto_approve": {"division": "999999"}}, "unknown_division", "merge"),
        ({"approvals.chains.transfer.barred": ["boss"]}, "enum", "transfer"),
        ({"approvals.chains.holiday": {"steps": [STEP]}}, "enum", "holiday"),
        ({"approvals.expire_after_hours": 9}, "approval_hours", ("approvals",)),
    ],
)
def test_each_mistake_is_told_with_its_line(changes: dict[str, Any], code: str, place: str | tuple[str, ...]) -> None:
    text = edited(changes)
    found = [finding for finding in check_policy(text)[1] if finding.code == code]
    assert len(found) == 1
    assert found[0].severity is Severity.ERROR
    assert found[0].path == place if isinstance(place, tuple) else place in found[0].path
    line = found[0].line or 0
    assert line > text[: text.index("approvals:")].count("\n")


def test_a_committee_that_can_never_reach_its_quorum() -> None:
    board = {"board": {"zh": "委员会", "en": "Board", "reps": [ZHANG.id]}}
    step = {"approvers": [{"committee": "board"}], "mode": Mode.QUORUM, "quorum": 2}
    (found,) = findings_of(ruled_by(step, committees=board))
    assert (found.code, found.facts) == ("quorum_too_large", {"quorum": 2, "members": 1})


def test_whom_the_policy_names_and_nobody_knows() -> None:
    board = {"board": {"zh": "委员会", "en": "Board", "reps": [ZHANG.id, "no.body"]}}
    policy = ruled_by(
        {"approvers": [{"rep": "some.body"}]}, committees=board, otherwise=[Approver(rep="any.body").model_dump()]
    )
    found = findings_of(policy, Directory([ZHANG, WANG.model_copy(update={"active": False})], ()))
    told = {finding.facts["rep"] for finding in found if finding.code == "unknown_rep"}
    assert told == {"no.body", "some.body", "any.body"}
    assert all(finding.severity is Severity.WARNING for finding in found)
