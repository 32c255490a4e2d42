"""Errors as RFC 9457 problem details, in the caller's language, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import Enum
from typing import Any, Self

from pydantic import MISSING, BaseModel, ConfigDict, Field
from starlette.responses import Response

from messages import message, negotiate

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""What a caller is asked to wait when something that we need is away for a moment."""

_SHOWN_CHARACTERS = 80


class ProblemType(Enum):
    """Every kind of problem that the API answers with: its stable name and its status.

    Title and detail are ``problem-<name>`` and its attribute ``detail`` in the catalogues. A member that is named like
    the code of a ``domain.change.Refused`` is what that refusal becomes.
    """

    MALFORMED_BODY = ("malformed-body", 400)
    INVALID_CURSOR = ("invalid-cursor", 400)
    UNAUTHENTICATED = ("unauthenticated", 401)
    WRONG_CREDENTIALS = ("wrong-credentials", 401)
    SIGNATURE_NOT_ACCEPTED = ("signature-not-accepted", 401)
    FORBIDDEN = ("forbidden", 403)
    IN_ANOTHERS_NAME = ("in-anothers-name", 403)
    UNKNOWN_USER = ("unknown-user", 403)
    READ_ONLY_SHARE = ("read-only-share", 403)
    NOT_SHARED = ("not-shared", 404)
    ADMINISTRATORS_ONLY = ("administrators-only", 403)
    FOUR_EYES = ("four-eyes", 403)
    LINK_INVALID = ("link-invalid", 403)
    NOT_ASKED = ("not-asked", 403)
    NOT_A_PARTY = ("not-a-party", 403)
    NOT_THE_REQUESTER = ("not-the-requester", 403)
    NOT_FOUND = ("not-found", 404)
    UNKNOWN_APPROVAL = ("unknown-approval", 404)
    UNKNOWN_CASE = ("unknown-case", 404)
    UNKNOWN_CUSTOMER = ("unknown-customer", 404)
    UNKNOWN_ITEM = ("unknown-item", 404)
    UNKNOWN_MERGE = ("unknown-merge", 404)
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405)
    ALREADY_EXISTS = ("already-exists", 409)
    ALREADY_APPEALED = ("already-appealed", 409)
    ALREADY_ASKED = ("already-asked", 409)
    APPEAL_TOO_LATE = ("appeal-too-late", 409)
    APPROVAL_DECIDED = ("approval-decided", 409)
    APPROVAL_NOT_OFFERED = ("approval-not-offered", 409)
    APPROVAL_NOT_RETURNED = ("approval-not-returned", 409)
    APPROVAL_RETURNED = ("approval-returned", 409)
    ASSIGNMENT_FROZEN = ("assignment-frozen", 409)
    CASE_NOT_SETTLED = ("case-not-settled", 409)
    CASE_SETTLED = ("case-settled", 409)
    CLAIM_CAP_REACHED = ("claim-cap-reached", 409)
    COOLING_OFF = ("cooling-off", 409)
    ALREADY_MERGED = ("already-merged", 409)
    ALREADY_THE_OWNER = ("already-the-owner", 409)
    CONFLICTING_IDENTIFIER = ("conflicting-identifier", 409)
    CUSTOMER_ALREADY_OWNED = ("customer-already-owned", 409)
    CUSTOMER_IN_POOL = ("customer-in-pool", 409)
    CUSTOMER_IN_QUEUE = ("customer-in-queue", 409)
    IDENTIFIER_IN_USE = ("identifier-in-use", 409)
    IMPORT_NOT_READY = ("import-not-ready", 409)
    ITEM_DECIDED = ("item-decided", 409)
    LATER_MERGE = ("later-merge", 409)
    LEAD_IN_PROGRESS = ("lead-in-progress", 409)
    LINK_OUTDATED = ("link-outdated", 409)
    LINK_USED = ("link-used", 409)
    NO_APPROVER = ("no-approver", 409)
    NOBODY_MET = ("nobody-met", 409)
    NOTHING_TO_MERGE = ("nothing-to-merge", 409)
    NOT_A_RISK = ("not-a-risk", 409)
    NO_REP = ("no-rep", 409)
    NOT_MERGED = ("not-merged", 409)
    NOT_THE_OWNER = ("not-the-owner", 409)
    NOT_YOUR_POOL = ("not-your-pool", 409)
    ONLY_A_RISK = ("only-a-risk", 409)
    OWNER_CANNOT_SHARE = ("owner-cannot-share", 409)
    OWNER_CHANGED = ("owner-changed", 409)
    OWNERSHIP_STAYS = ("ownership-stays", 409)
    POLICY_NOT_SCHEDULED = ("policy-not-scheduled", 409)
    REPORT_RESOLVED = ("report-resolved", 409)
    REP_AT_CAP = ("rep-at-cap", 409)
    REP_INACTIVE = ("rep-inactive", 409)
    REP_NOT_AVAILABLE = ("rep-not-available", 409)
    SIGN_IN_ELSEWHERE = ("sign-in-elsewhere", 409)
    SHARE_OVER = ("share-over", 409)
    SURVEY_ANSWERED = ("survey-answered", 409)
    SURVEY_OVER = ("survey-over", 409)
    TOO_MANY_COMMITMENTS = ("too-many-commitments", 409)
    TOO_MANY_SHARES = ("too-many-shares", 409)
    TOO_MUCH_SAID = ("too-much-said", 409)
    TOO_MANY_STEPS = ("too-many-steps", 409)
    WEBHOOK_OFF = ("webhook-off", 409)
    VERSION_MISMATCH = ("version-mismatch", 412)
    BODY_TOO_LARGE = ("body-too-large", 413)
    UNSUPPORTED_MEDIA_TYPE = ("unsupported-media-type", 415)
    INVALID = ("invalid", 422)
    IDEMPOTENCY_KEY_REUSED = ("idempotency-key-reused", 422)
    IMPORT_MAPPING_UNUSABLE = ("import-mapping-unusable", 422)
    NOT_A_CANDIDATE = ("not-a-candidate", 422)
    NOT_A_SIDE = ("not-a-side", 422)
    OUTSIDE_THE_CASE = ("outside-the-case", 422)
    REPORT_NAMES_NOBODY = ("report-names-nobody", 422)
    REASON_REQUIRED = ("reason-required", 422)
    RESOLUTION_INCOMPLETE = ("resolution-incomplete", 422)
    SAME_CUSTOMER = ("same-customer", 422)
    UNKNOWN_REP = ("unknown-rep", 422)
    PRECONDITION_REQUIRED = ("precondition-required", 428)
    TOO_MANY_REQUESTS = ("too-many-requests", 429)
    INTERNAL = ("internal", 500)
    UNAVAILABLE = ("unavailable", 503)

    @property
    def code(self) -> str:
        """The name in kebab-case."""
        return self.value[0]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value[1]

    @property
    def uri(self) -> str:
        """The problem's ``type``."""
        return f"urn:oneowner:problem:{self.code}"


@dataclass(frozen=True)
class Fault:
    """One field that breaks a rule, before it is put into words: the rule is ``rule-<code>`` in the catalogues."""

    field: str
    code: str
    value: str | None = None
    facts: Mapping[str, str | int] = dataclass_field(default_factory=dict)
    rule: str | None = None
    """The rule's name in the catalogues when it is not the code's own."""
    line: int | None = None
    """In a policy file: where, counted from 1."""
    entry: str | None = None
    """Its whole entry in the catalogues, for one that is not among the rules."""


class FieldError(BaseModel):
    """A field that breaks a rule."""

    model_config = ConfigDict(frozen=True)
    field: str = Field(examples=["phones.0"])
    """Where: the path in the body, or the name of a parameter or header."""
    code: str = Field(examples=["phone_invalid"])
    """Which rule, for programs."""
    value: str | None = Field(examples=["+86 138"])
    """What was given, shortened."""
    rule: str
    """The rule, for people."""


class LineError(FieldError):
    """A line of a policy file that breaks a rule; the field is the path into the file."""

    line: int


class ProblemBody(BaseModel):
    """A problem (RFC 9457)."""

    model_config = ConfigDict(frozen=True, title="Problem")
    type: str = Field(examples=["urn:oneowner:problem:invalid"])
    title: str
    status: int = Field(examples=[422])
    detail: str
    errors: tuple[LineError | FieldError, ...] = ()
    values: dict[str, str | int] | MISSING = Field(
        default=MISSING, description="For a refusal: the values of the rule that it follows.", examples=[{"limit": 5}]
    )


class Problem(Exception):
    """Raised anywhere in the API to answer with a problem."""

    def __init__(
        self,
        kind: ProblemType,
        /,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        values: Mapping[str, str | int] | None = None,
        **facts: str | int,
    ) -> None:
        """Prepare the answer.

        Args:
            kind: which problem.
            faults: the fields at fault.
            headers: headers to send with it.
            values: what the rule of a refusal says, for programs and for the placeholders of its detail.
            facts: what the other placeholders of its detail stand for.
        """
        super().__init__(kind.code)
        self.kind = kind
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.facts = facts
        self.values = dict(values or {})

    @classmethod
    def invalid(cls, field: str, code: str, value: object = None) -> Self:
        """One field that breaks a rule which only the database could check."""
        return cls(ProblemType.INVALID, faults=(Fault(field, code, shown(value)),), count=1)

    @classmethod
    def refused(cls, code: str, **values: str | int) -> Self:
        """What a ``domain.change.Refused`` is to the caller, with the values of its rule.

        Raises:
            KeyError: when the code has no problem type, which a test rules out.
        """
        return cls(ProblemType[code.upper()], values=values)

    @classmethod
    def unavailable(cls) -> Self:
        """Something that we need is away; the caller may try again."""
        return cls(ProblemType.UNAVAILABLE, headers={"Retry-After": str(RETRY_SECONDS)})

    def response(self, accept_language: str | None) -> Response:
        """The HTTP response in the language that the header prefers."""
        locale = negotiate(accept_language)
        name = f"problem-{self.kind.code}"
        body = ProblemBody(
            type=self.kind.uri,
            title=message(locale, name),
            status=self.kind.status,
            detail=message(locale, f"{name}.detail", **self.values, **self.facts),
            errors=tuple(_in_words(fault, locale) for fault in self.faults),
            values=self.values or MISSING,
        )
        headers = {**self.headers, "Content-Language": locale, "Vary": "Accept-Language"}
        return Response(body.model_dump_json(), self.kind.status, headers, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Problem responses for a route's OpenAPI description; ``api.openapi`` adds the schema that they refer to."""
    names = {status: [kind.code for kind in ProblemType if kind.status == status] for status in statuses}
    return {
        status: {
            "description": f"Problem: {', '.join(codes)}",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, codes in names.items()
    }


def shown(value: object) -> str | None:
    """A given value as the caller may see it again: shortened, and storable text whatever it was."""
    if value is None:
        return None
    if isinstance(value, dict | list | tuple):
        return "[…]" if isinstance(value, list | tuple) else "{…}"
    # A number with thousands of digits cannot even be turned into text.
    text = f"{value:#x}" if isinstance(value, int) and abs(value) > 2**64 else str(value)
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def _in_words(fault: Fault, locale: str) -> FieldError:
    entry = fault.entry or f"rule-{fault.rule or fault.code}".replace("_", "-")
    error = FieldError(
        field=fault.field, code=fault.code, value=fault.value, rule=message(locale, entry, **fault.facts)
    )
    return error if fault.line is None else LineError(**error.model_dump(), line=fault.line)
