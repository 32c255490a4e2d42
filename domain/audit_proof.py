"""Proofs from the audit log that anybody can check with a public key and nothing else."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.audit_record import RecordKind, commitment, erased, leaf
from domain.merkle import grew, root_with
from domain.tree_head import HEX_OF_HASH, PublicKey, TreeHead

Hash = Annotated[str, Field(pattern=HEX_OF_HASH)]


class ProofFault(StrEnum):
    """Why a proof proves nothing: ``audit-proof-`` and the name in kebab-case in the catalogues."""

    KEY = "key"
    """The head is not signed by the key that counts."""
    CONTENT = "content"
    """The content is not the one that was committed to."""
    PATH = "path"
    """The hashes do not lead to the head."""


class InclusionProof(BaseModel):
    """That a record is in the log, as it is shown here."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    proof: Literal["inclusion"] = "inclusion"
    kind: RecordKind
    record: str
    columns: dict[str, Any] | None = Field(description="The record; null when it was gone before it was sealed.")
    content: Any = Field(None, description="Of the column that may hold people's words and can be erased.")
    salt: str | None = Field(None, pattern=r"^[0-9a-f]*$", description="Of the commitment, in hex; null once erased.")
    commitment: Hash | None = Field(description="SHA-256 of salt and content as canonical JSON.")
    position: int = Field(ge=0, description="Its place in the log, from 0.")
    path: tuple[Hash, ...] = Field(description="Hashes from the leaf to the head (RFC 6962, 2.1.1).")
    head: TreeHead

    def fault(self, key: PublicKey) -> ProofFault | None:
        """What is wrong; None when it proves that the record is what was sealed under the signed head."""
        if not key.signed(self.head):
            return ProofFault.KEY
        if self.commitment is not None and self._committed != self.commitment:
            return ProofFault.CONTENT
        hashed = leaf(self.kind, self.columns, self.commitment)
        found = root_with(hashed, self.position, self.head.size, [bytes.fromhex(it) for it in self.path])
        return None if found is not None and found.hex() == self.head.root else ProofFault.PATH

    @property
    def _committed(self) -> str | None:
        if (stands := erased(self.content)) is not None:
            return stands
        return None if self.salt is None else commitment(bytes.fromhex(self.salt), self.content)


class ConsistencyProof(BaseModel):
    """That the log under a later head begins with the log under an earlier one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    proof: Literal["consistency"] = "consistency"
    old: TreeHead
    new: TreeHead
    path: tuple[Hash, ...] = Field(description="Hashes from which both heads follow (RFC 6962, 2.1.2).")

    def fault(self, key: PublicKey) -> ProofFault | None:
        """What is wrong; None when nothing before the earlier head was changed."""
        if not (key.signed(self.old) and key.signed(self.new)):
            return ProofFault.KEY
        roots = bytes.fromhex(self.old.root), bytes.fromhex(self.new.root)
        path = [bytes.fromhex(it) for it in self.path]
        return None if grew(self.old.size, roots[0], self.new.size, roots[1], path) else ProofFault.PATH


AuditProof = Annotated[InclusionProof | ConsistencyProof, Field(discriminator="proof")]
"""Either of the two."""
