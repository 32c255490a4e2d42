"""A policy as callers send it, as plain YAML or with more in JSON, checked as a whole."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Request
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from api.context import Context
from api.problems import Fault, Problem, ProblemType
from api.validation import MAX_FAULTS, faults_of
from domain.instant import Instant
from domain.policy import Policy
from domain.policy_checks import Finding, Severity
from domain.policy_file import check_policy
from domain.text import LongText
from findings import catalogue_entry, place
from store.organisation import directory_of

PolicyId = Annotated[str, StringConstraints(max_length=220, pattern=r"^[^\x00-\x1f/]+\+[0-9a-f]{8}$")]
"""The fingerprint under which a version is stored."""
YAML = ("text/yaml", "application/yaml", "application/x-yaml", "text/x-yaml")


class SubmittedPolicy(BaseModel, extra="forbid"):
    """A version to be stored."""

    content: str = Field(description="The policy file (YAML).")
    activates_at: Instant | None = Field(None, description="From when on it is in force; not at all unless given.")
    comment: LongText | None = Field(None, description="What it is for.")


REQUEST: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": SubmittedPolicy.model_json_schema()},
            **{kind: {"schema": {"type": "string"}} for kind in YAML[:2]},
        },
    }
}
"""The request's description, which FastAPI cannot make by itself for a body of two kinds."""


async def submitted_policy(request: Request) -> SubmittedPolicy:
    """Dependency: the body, whichever of the two kinds it is.

    Raises:
        Problem: 400, 415 or 422 when it is neither.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind in YAML:
        try:
            return SubmittedPolicy(content=body.decode())
        except UnicodeDecodeError as error:
            raise refused([Finding("not_yaml", (), {"reason": "UTF-8"}, line=1)]) from error
    if kind != "application/json":
        raise Problem(ProblemType.UNSUPPORTED_MEDIA_TYPE)
    try:
        return SubmittedPolicy.model_validate_json(body)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise Problem(ProblemType.MALFORMED_BODY) from error
        faults = faults_of(error.errors(), None)
        raise Problem(ProblemType.INVALID, faults=faults, count=len(faults)) from error


def checked(content: str, context: Context) -> tuple[Policy, list[Finding]]:
    """The policy that a file holds, and the warnings about it beside the reps and regions as they are now.

    Raises:
        Problem: 422 with every error by line.
    """
    with context.database.read() as session:
        directory = directory_of(session)
    policy, findings = check_policy(content, directory)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if policy is None or errors:
        raise refused(errors)
    return policy, findings


def refused(findings: Sequence[Finding]) -> Problem:
    """The findings as a problem: the first ``MAX_FAULTS`` of them."""
    faults = [
        Fault(place(it), it.code, facts=it.facts, line=it.line, entry=catalogue_entry(it))
        for it in findings[:MAX_FAULTS]
    ]
    return Problem(ProblemType.INVALID, faults=faults, count=len(findings))
