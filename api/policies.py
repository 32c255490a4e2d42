"""Versions of the policy: stored, compared, brought into force."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from anyio import from_thread
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from api.auth import Caller
from api.context import Context, Wired
from api.language import Locale
from api.pagination import Page, Paged
from api.policy_body import REQUEST, PolicyId, SubmittedPolicy, checked, submitted_policy
from api.problems import documented
from domain.instant import Instant
from domain.policy_checks import Finding, Severity
from domain.policy_difference import Difference, differences, unified
from domain.policy_file import check_policy
from domain.policy_version import NewVersion, PolicyVersion
from findings import place, sentence
from store.errors import NotFound
from store.organisation import directory_of
from store.policy_versions import PolicyVersions

router = APIRouter(prefix="/v1/policies", tags=["policies"])

OtherId = Annotated[PolicyId, Query(alias="to", description="The version to compare with.")]


class FindingView(BaseModel):
    """Something to know about a policy."""

    code: str = Field(examples=["region_uncovered"])
    severity: Severity
    line: int | None = Field(description="Of the file, counted from 1.")
    place: str = Field(description="The path into the file.", examples=["assignment.2.queue"])
    text: str


class PolicyView(PolicyVersion):
    """A version with its file, and what is to be known about it beside the reps and regions as they are now."""

    content: str
    findings: list[FindingView]


class DifferenceView(BaseModel):
    """What one version says otherwise than another."""

    from_: str = Field(serialization_alias="from")
    to: str
    differences: list[Difference]
    text: str = Field(description="The lines of the two files that differ (unified).")


class ActivationBody(BaseModel, extra="forbid"):
    """When a version comes into force."""

    at: Instant | None = Field(None, description="Now unless given; never in the past.")


@router.get("", summary="List versions of the policy")
def list_policies(context: Wired, paging: Paged) -> Page[PolicyVersion]:
    """Every version ever stored, newest first, with when it was and will be in force."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    versions = PolicyVersions(context.database).page(after, paging.limit)
    return paging.page(versions, lambda it: it, lambda it: (it.created_at.isoformat(), it.id))


@router.post(
    "",
    status_code=201,
    summary="Store a version of the policy",
    responses={200: {"model": PolicyView}},
    openapi_extra=REQUEST,
)
def add_policy(
    submitted: Annotated[SubmittedPolicy, Depends(submitted_policy)],
    response: Response,
    context: Wired,
    caller: Caller,
    locale: Locale,
) -> PolicyView:
    """Checks the whole file and stores it; it comes into force only when that is asked for.

    Every error is told with its line. The same rules again are the version that is there already (200).
    """
    policy, findings = checked(submitted.content, context)
    new = NewVersion(policy=policy, **submitted.model_dump())
    versions = PolicyVersions(context.database)
    version, is_new = versions.add(new, caller.id)
    _retry_queues(context, versions)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/v1/policies/{quote(version.id)}"
    return _view(*versions.get(version.id), findings, locale)


@router.get("/{policy_id}", summary="Get a version of the policy", responses=documented(404))
def get_policy(policy_id: PolicyId, context: Wired, locale: Locale) -> PolicyView:
    """The file as it was given, and what is to be known about it now."""
    version, content = PolicyVersions(context.database).get(policy_id)
    with context.database.read() as session:
        directory = directory_of(session)
    return _view(version, content, check_policy(content, directory)[1], locale)


@router.get("/{policy_id}/difference", summary="Compare two versions", responses=documented(404))
def compare_policies(policy_id: PolicyId, other_id: OtherId, context: Wired) -> DifferenceView:
    """Every value that differs, by its path, and the differing lines of the files."""
    versions = PolicyVersions(context.database)
    one, other = versions.get(policy_id)[1], versions.get(other_id)[1]
    with context.database.read() as session:
        before, after = (context.policies.stored(session, it) for it in (policy_id, other_id))
    if before is None or after is None:
        raise NotFound
    return DifferenceView(
        from_=policy_id,
        to=other_id,
        differences=differences(before, after),
        text=unified(one, other, (policy_id, other_id)),
    )


@router.post("/{policy_id}/activate", summary="Bring a version into force", responses=documented(404))
def activate_policy(
    policy_id: PolicyId, context: Wired, caller: Caller, body: ActivationBody | None = None
) -> PolicyVersion:
    """Now or later. An earlier version may be brought back. Harmless when repeated.

    What runs keeps the version that it began with, unless the one in force says `running: move`. Once it is in force,
    customers in queues are tried again for whom it decides otherwise. To be repeated after a 503.
    """
    versions = PolicyVersions(context.database)
    version = versions.activate(policy_id, body.at if body else None, caller.id)
    _retry_queues(context, versions)
    return version


@router.post("/{policy_id}/withdraw", summary="Withdraw a version", responses=documented(404, 409))
def withdraw_policy(policy_id: PolicyId, context: Wired) -> PolicyVersion:
    """Take back that a version shall come into force later."""
    return PolicyVersions(context.database).withdraw(policy_id)


def _retry_queues(context: Context, versions: PolicyVersions) -> None:
    for turn in versions.turns():
        from_thread.run(context.gateway.policy_turns, turn)


def _view(version: PolicyVersion, content: str, findings: list[Finding], locale: str) -> PolicyView:
    shown = [
        FindingView(code=it.code, severity=it.severity, line=it.line, place=place(it), text=sentence(it, locale))
        for it in findings
    ]
    return PolicyView(**version.model_dump(), content=content, findings=shown)
