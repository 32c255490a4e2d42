"""Which problem every exception becomes that a request may end with."""

from functools import singledispatch

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from temporalio.client import RPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from api.limits import BodyTooLarge
from api.problems import Problem, ProblemType
from api.validation import faults_of
from domain.change import Refused
from logs import log
from store.errors import AlreadyExists, KeyReused, NotFound, UnusableReference, VersionMismatch

_AWAY = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        # A connection that breaks under a call.
        RPCStatusCode.CANCELLED,
        RPCStatusCode.UNKNOWN,
        # A workflow whose task was lost with its worker twice takes no update until the task is done.
        RPCStatusCode.FAILED_PRECONDITION,
    }
)
"""What Temporal answers when it, or a worker, is away for a moment."""
_BY_STATUS = {
    400: ProblemType.MALFORMED_BODY,
    404: ProblemType.NOT_FOUND,
    405: ProblemType.METHOD_NOT_ALLOWED,
}


def add_handlers(app: FastAPI) -> None:
    """Answer every exception that ``problem_of`` knows; ``api.observe`` answers the others."""
    for error in problem_of.registry:
        if error is not object:
            app.add_exception_handler(error, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem.kind is ProblemType.INTERNAL:
        raise error
    if problem.kind is ProblemType.UNAVAILABLE:
        log.warning("unavailable", error=type(error).__name__)
    return problem.response(request.headers.get("accept-language"))


@singledispatch
def problem_of(error: object) -> Problem:
    """The problem that an exception is to the caller; ``internal``, without a word on the cause, for the unforeseen."""
    return Problem(ProblemType.INTERNAL)


@problem_of.register
def _(error: Problem) -> Problem:
    return error


@problem_of.register
def _(error: RequestValidationError) -> Problem:
    errors = error.errors()
    if errors[0]["type"] == "json_invalid":
        return Problem(ProblemType.MALFORMED_BODY)
    if isinstance(error.body, bytes):
        return Problem(ProblemType.UNSUPPORTED_MEDIA_TYPE)
    faults = faults_of(errors, error.body)
    return Problem(ProblemType.INVALID, faults=faults, count=len(faults))


@problem_of.register
def _(error: HTTPException) -> Problem:
    if isinstance(error, BodyTooLarge):
        return Problem(ProblemType.BODY_TOO_LARGE, limit=error.limit)
    return Problem(_BY_STATUS.get(error.status_code, ProblemType.INTERNAL), headers=error.headers)


@problem_of.register
def _(error: Refused) -> Problem:
    return Problem.refused(error.code, **error.facts)


@problem_of.register
def _(error: UnusableReference) -> Problem:
    return Problem.invalid(error.field, error.code, error.value)


@problem_of.register(NotFound)
@problem_of.register(AlreadyExists)
@problem_of.register(KeyReused)
@problem_of.register(VersionMismatch)
def _(error: Exception) -> Problem:
    return Problem(_STORE[type(error)])


_STORE = {
    NotFound: ProblemType.NOT_FOUND,
    AlreadyExists: ProblemType.ALREADY_EXISTS,
    KeyReused: ProblemType.IDEMPOTENCY_KEY_REUSED,
    VersionMismatch: ProblemType.VERSION_MISMATCH,
}


@problem_of.register(OperationalError)
@problem_of.register(InterfaceError)
@problem_of.register(PoolTimeout)
@problem_of.register(RPCTimeoutOrCancelledError)
def _(error: Exception) -> Problem:
    return Problem.unavailable()


@problem_of.register
def _(error: RPCError) -> Problem:
    return Problem.unavailable() if error.status in _AWAY else Problem(ProblemType.INTERNAL)
