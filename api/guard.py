"""Whether a caller may have what a path names: asked before the route is entered, so that no route can forget it."""

import re
from collections.abc import Callable, Mapping

from anyio import to_thread

from api.permissions import REACHES, Permission
from api.problems import Problem, ProblemType
from api.refusing import Refusing
from store.errors import NotFound
from store.refusals import Why
from store.visibility import Reach, Visibility

GUARDED: Mapping[str, Callable[[Visibility, str], Reach | None]] = {
    "customer_id": Visibility.customer,
    "lead_id": Visibility.lead,
    "decision_id": Visibility.decision,
    "approval_id": Visibility.approval,
}
"""The parameters of paths that name records of which not everybody sees all."""

OPEN = frozenset({"code", "item", "kind", "merge_id", "move_id", "name", "policy_id", "reference", "rep_id", "team_id"})
"""The others of routes that reps and managers may call: parts of what is guarded, or the organisation's."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:-]{0,127}")


def wanted(method: str, permission: Permission) -> Reach:
    """How much of a record a route needs."""
    return REACHES.get(permission, Reach.FULL if method == "GET" else Reach.CHANGE)


async def guard(visibility: Visibility, refusing: Refusing, needs: Reach, parameters: Mapping[str, str]) -> None:
    """Let pass who may have that much of every record that the path names.

    Raises:
        NotFound: for what they may not see, exactly as for what does not exist.
        Problem: ``forbidden`` for what they may see but not do this with, 429 when they try too much.
    """
    for name, reach_of in GUARDED.items():
        record = parameters.get(name)
        if record is None:
            continue
        reach = await to_thread.run_sync(reach_of, visibility, record) if _ID.fullmatch(record) else Reach.NOTHING
        if reach is None:
            await refusing.count()
            if name != "lead_id":  # a lead may be on its way here
                raise NotFound
        elif reach is Reach.NOTHING and needs is not Reach.NOTHING:
            await refusing.keep(Why.HIDDEN, record)
            raise NotFound
        elif reach < needs:
            await refusing.keep(Why.READ_ONLY, record)
            raise Problem(ProblemType.FORBIDDEN)


async def in_own_name(visibility: Visibility, refusing: Refusing, rep_id: str) -> None:
    """Let pass who may act as this rep.

    Raises:
        Problem: ``in-anothers-name``.
    """
    if not await to_thread.run_sync(visibility.acts_for, rep_id):
        await refusing.keep(Why.IN_ANOTHERS_NAME)
        raise Problem(ProblemType.IN_ANOTHERS_NAME)
