"""The audit log over HTTP: its signed heads, and proofs that can be checked without this service."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query

from api.context import Wired
from api.pagination import Page, Paged
from api.problems import documented
from domain.audit_proof import ConsistencyProof, InclusionProof
from domain.audit_record import RecordKind
from domain.tree_head import TreeHead
from store.audit_proofs import AuditProofs

router = APIRouter(prefix="/v1/audit", tags=["audit"])

Size = Annotated[int, Query(ge=1, le=2**53)]


@router.get("/heads", summary="List signed heads")
async def list_audit_heads(context: Wired, paging: Paged) -> Page[TreeHead]:
    """Heads of the tree over everything that was recorded, the newest first."""
    after = int(paging.after[0]) if paging.after else None
    heads = await to_thread.run_sync(AuditProofs(context.database).heads, after, paging.limit)
    return paging.page(heads, lambda head: head, lambda head: (str(head.size),))


@router.get("/proofs/inclusion", summary="Prove that a record is in the log", responses=documented(404))
async def prove_audit_inclusion(
    context: Wired,
    kind: RecordKind,
    record: Annotated[str, Query(min_length=1, max_length=500, description="Its id; of some kinds its position.")],
) -> InclusionProof:
    """The record with the hashes that lead from it to the newest head. What was recorded last is sealed before long."""
    return await to_thread.run_sync(AuditProofs(context.database).inclusion, kind, record)


@router.get("/proofs/consistency", summary="Prove that nothing was changed since a head")
async def prove_audit_consistency(
    context: Wired,
    old: Annotated[Size, Query(alias="from", description="The earlier head's size.")],
    new: Annotated[
        Size | None, Query(alias="to", description="The later head's; the newest one's unless given.")
    ] = None,
) -> ConsistencyProof:
    """The hashes from which it follows that the log under one head begins with the log under the other."""
    return await to_thread.run_sync(AuditProofs(context.database).consistency, old, new)
