"""What is refused at once because it would be refused once everybody had agreed."""

from datetime import datetime

from sqlmodel import Session

from domain.approval.people import Scene
from domain.approval.request import MergeWanted, Order, ShareWanted, UnmergeWanted
from domain.change import Refused
from store.asking import require_active
from store.customers import customer_row
from store.unmerging import undoable


def check(session: Session, order: Order, scene: Scene, at: datetime) -> None:
    """Refuse what could not be done now either.

    Args:
        session: the transaction in which the request begins.
        order: what is asked for.
        scene: who is who, with the customers.
        at: the workflow's time.

    Raises:
        Refused: ``unknown_customer``, ``already_merged``, ``already_the_owner``, ``same_customer``, ``share_over``,
            ``unknown_merge``, ``not_merged``, ``later_merge``, ``unknown_rep`` or ``rep_not_available``.
    """
    wanted = order.wanted
    for rep_id in (order.requester.person, wanted.gains):
        if rep_id is not None:
            require_active(session, rep_id)
    match wanted:
        case UnmergeWanted():
            if undoable(session, wanted.merge_id).absorbed_id not in order.customer_ids:
                raise Refused("unknown_merge", about=wanted.merge_id)
        case MergeWanted():
            _check_live(session, *order.customer_ids, wanted.survivor_id)
            if wanted.survivor_id in order.customer_ids:
                raise Refused("same_customer")
        case _:
            _check_live(session, *order.customer_ids)
            if isinstance(wanted, ShareWanted) and wanted.until <= at:
                raise Refused("share_over", until=wanted.until.isoformat())
            if any(customer.owner_id == wanted.to_id for customer in scene.customers):
                raise Refused("already_the_owner", about=wanted.to_id)


def _check_live(session: Session, *customer_ids: str) -> None:
    for customer_id in customer_ids:
        survivor_id = customer_row(session, customer_id).merged_into
        if survivor_id is not None:
            raise Refused("already_merged", about=survivor_id)
