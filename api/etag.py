"""Optimistic locking by ETag and If-Match (RFC 9110, 8.8.3 and 13.1.1): nobody overwrites a change they never saw."""

import re
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Header, Response

from api.problems import Problem, ProblemType

_TAG = re.compile(r'"(\d{1,18})"')


def etag(version: int) -> str:
    """The strong ETag of a row's version."""
    return f'"{version}"'


class _Versioned(Protocol):
    @property
    def version(self) -> int: ...


Resource = TypeVar("Resource", bound=_Versioned)


def tagged(response: Response, resource: Resource) -> Resource:
    """The resource, with its ETag put on the response."""
    response.headers["ETag"] = etag(resource.version)
    return resource


@dataclass(frozen=True)
class Precondition:
    """The versions that an If-Match header accepts; None is any (``*``)."""

    versions: frozenset[int] | None

    def check(self, version: int) -> None:
        """Refuse a change of a version that the caller did not see.

        Raises:
            Problem: ``version-mismatch`` (412).
        """
        if self.versions is not None and version not in self.versions:
            raise Problem(ProblemType.VERSION_MISMATCH)


async def _precondition(
    if_match: Annotated[str | None, Header(description="The ETag of the version that you saw.")] = None,
) -> Precondition:
    if if_match is None:
        raise Problem(ProblemType.PRECONDITION_REQUIRED)
    if if_match.strip() == "*":
        return Precondition(None)
    # A weak tag (W/) or one that we never made matches nothing, as RFC 9110 wants it.
    tags = (_TAG.fullmatch(tag.strip()) for tag in if_match.split(","))
    return Precondition(frozenset(int(tag[1]) for tag in tags if tag))


IfMatch = Annotated[Precondition, Depends(_precondition)]
"""The caller's precondition; a request without one is answered with 428."""
