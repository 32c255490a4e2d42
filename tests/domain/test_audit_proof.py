"""Proofs of inclusion and of growth are checked without a database, and nothing in them can be changed."""

import pytest
from pydantic import TypeAdapter

from domain.audit_proof import AuditProof, ConsistencyProof, InclusionProof, ProofFault
from domain.audit_record import ERASED, RecordKind, commitment, leaf
from domain.merkle import consistency_proof, inclusion_proof, leaf_hash, root, subtree_of
from domain.tree_head import PublicKey
from tests.auditing import KEY, NOW

COLUMNS = {"id": "evt_1", "actor": "li.wei"}
CONTENT = {"reason": "客户要求换人"}
COMMITTED = commitment(b"salt", CONTENT)
LEAVES = [leaf_hash(b"a"), leaf(RecordKind.EVENT, COLUMNS, COMMITTED), leaf_hash(b"c")]
TREE = subtree_of(LEAVES)
HEAD = KEY.sign(3, root(3, TREE), NOW)
PROOF = InclusionProof(
    kind=RecordKind.EVENT,
    record="evt_1",
    columns=COLUMNS,
    content=CONTENT,
    salt=b"salt".hex(),
    commitment=COMMITTED,
    position=1,
    path=tuple(it.hex() for it in inclusion_proof(1, 3, TREE)),
    head=HEAD,
)
GROWTH = ConsistencyProof(
    old=KEY.sign(2, root(2, TREE), NOW), new=HEAD, path=tuple(it.hex() for it in consistency_proof(2, 3, TREE))
)


def test_a_record_is_proven() -> None:
    assert PROOF.fault(KEY.public) is None
    read: AuditProof = TypeAdapter(AuditProof).validate_json(PROOF.model_dump_json())
    assert read == PROOF


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("columns", {"id": "evt_1", "actor": "li.na"}, ProofFault.PATH),
        ("columns", None, ProofFault.PATH),
        ("kind", RecordKind.DECISION, ProofFault.PATH),
        ("position", 0, ProofFault.PATH),
        ("path", PROOF.path[:1], ProofFault.PATH),
        ("content", {"reason": "客户要求换"}, ProofFault.CONTENT),
        ("salt", "00", ProofFault.CONTENT),
        ("salt", None, ProofFault.CONTENT),
        ("commitment", "00" * 32, ProofFault.CONTENT),
        ("commitment", None, ProofFault.PATH),
        ("head", HEAD.model_copy(update={"size": 4}), ProofFault.KEY),
    ],
)
def test_nothing_in_a_proof_can_be_changed(field: str, value: object, fault: ProofFault) -> None:
    assert PROOF.model_copy(update={field: value}).fault(KEY.public) is fault


def test_an_erased_record_is_still_proven() -> None:
    erased = {"content": {ERASED: COMMITTED}, "salt": None}
    assert PROOF.model_copy(update=erased).fault(KEY.public) is None


def test_growth_is_proven() -> None:
    assert GROWTH.fault(KEY.public) is None
    assert GROWTH.model_copy(update={"path": ()}).fault(KEY.public) is ProofFault.PATH
    other = KEY.sign(2, leaf_hash(b"other"), NOW)
    assert GROWTH.model_copy(update={"old": other}).fault(KEY.public) is ProofFault.PATH
    assert GROWTH.fault(PublicKey(bytes(32))) is ProofFault.KEY
