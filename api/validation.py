"""From pydantic's errors to faults: which field of the caller's message breaks which rule."""

from collections.abc import Mapping, Sequence
from numbers import Number
from typing import Any

from api.problems import Fault, shown
from messages import DEFAULT, has_message

MAX_FAULTS = 50
"""More than a person reads; a hostile body could hold a hundred thousand."""

_PLACES = frozenset({"body", "cookie", "header", "path", "query"})


def faults_of(errors: Sequence[Mapping[str, Any]], message: object) -> tuple[Fault, ...]:
    """The first fault of each field, at most ``MAX_FAULTS``.

    Args:
        errors: what ``pydantic.ValidationError.errors()`` or FastAPI's ``RequestValidationError.errors()`` returned.
        message: the object that was validated, by which a field's path is told from pydantic's names for the
            alternatives of a union.
    """
    faults: dict[str, Fault] = {}
    for error in errors:
        path, alternative = _path(error, message)
        field = ".".join(path) or "body"
        fault = _fault(field, error)
        if alternative and _is_about_type(fault.code):
            # Every alternative of a union complains; one that speaks of more than the type understood the value.
            faults.setdefault(field, Fault(field, "wrong_type", fault.value))
        elif field not in faults or faults[field].code == "wrong_type":
            faults[field] = fault
        if len(faults) == MAX_FAULTS:
            break
    return tuple(faults.values())


def _path(error: Mapping[str, Any], message: object) -> tuple[list[str], bool]:
    """The field's path within the message, and whether the error is about one alternative of a union there."""
    place, *parts = error["loc"] or ("body",)
    if place != "body":
        parts = parts if place in _PLACES else error["loc"]
        return [str(part) for part in parts], False
    path: list[str] = []
    for at, part in enumerate(parts):
        if _is_tag(part, message) and at + 1 < len(parts):
            continue
        if (isinstance(message, dict) and part in message) or (isinstance(message, list) and isinstance(part, int)):
            message = message[part]
        elif error["type"] != "missing":
            return path, True
        path.append(shown(part) or "")
    return path, False


def _is_tag(part: object, message: object) -> bool:
    """Whether a part of a path names an alternative of a union by the value that tells it in the object itself."""
    return isinstance(message, dict) and part not in message and message.get("kind") == part


def _fault(field: str, error: Mapping[str, Any]) -> Fault:
    code: str = error["type"]
    rule = code if has_message(DEFAULT, f"rule-{code.replace('_', '-')}") else "value_error"
    value = None if code == "missing" or "password" in field else shown(error.get("input"))
    return Fault(field, code, value, _facts(error.get("ctx", {})), rule)


def _facts(context: Mapping[str, Any]) -> dict[str, str | int]:
    """The limits that a rule names; English sentences of pydantic's are left out."""
    facts: dict[str, str | int] = {}
    for name, fact in context.items():
        if isinstance(fact, str) and name != "error":
            facts[name] = fact.replace(" or ", ", ")
        elif isinstance(fact, Number):
            facts[name] = fact if isinstance(fact, int) else str(fact)
    return facts


def _is_about_type(code: str) -> bool:
    return code.endswith(("_type", "_parsing")) or code == "none_required"
