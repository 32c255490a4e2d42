"""The tree and its proofs: the test vectors of Certificate Transparency, a naive reference, and forgeries."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.merkle import (
    EMPTY,
    Growing,
    consistency_proof,
    grew,
    inclusion_proof,
    leaf_hash,
    root,
    root_with,
    subtree_of,
)

# The leaves and heads that the reference implementations of RFC 6962 are tested with.
VECTOR = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
HEADS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [leaf_hash(bytes.fromhex(content)) for content in VECTOR]
SOME = st.integers(1, 70)


def naive(contents: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not contents:
        return sha256(b"").digest()
    if len(contents) == 1:
        return sha256(b"\x00" + contents[0]).digest()
    k = 1
    while k * 2 < len(contents):
        k *= 2
    return sha256(b"\x01" + naive(contents[:k]) + naive(contents[k:])).digest()


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(f"线索 {at}".encode()) for at in range(size)]


def test_the_heads_of_the_test_vector() -> None:
    assert [root(size, subtree_of(LEAVES)).hex() for size in range(9)] == list(HEADS)
    growing, seen = Growing(), [EMPTY.hex()]
    for leaf in LEAVES:
        growing.add(leaf)
        seen.append(growing.root.hex())
    assert seen == list(HEADS)


def test_proofs_of_the_test_vector() -> None:
    """Leaf 5 of 8 and leaf 2 of 3; the tree of 6 grown into that of 8."""
    tree = subtree_of(LEAVES)
    assert [it.hex() for it in inclusion_proof(5, 8, tree)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [it.hex() for it in inclusion_proof(2, 3, tree)] == [HEADS[2]]
    assert [it.hex() for it in consistency_proof(6, 8, tree)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(st.lists(st.binary(max_size=5), max_size=70))
def test_the_head_is_that_of_the_definition(contents: list[bytes]) -> None:
    hashes, growing = [leaf_hash(it) for it in contents], Growing()
    for hashed in hashes:
        growing.add(hashed)
    assert root(len(hashes), subtree_of(hashes)) == naive(contents) == growing.root == growing.copy().root


@given(SOME, st.data())
def test_every_leaf_is_proven_and_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = subtree_of(leaves(size))
    head, path = root(size, tree), inclusion_proof(index, size, tree)
    assert root_with(leaves(size)[index], index, size, path) == head
    assert root_with(leaf_hash(b"another"), index, size, path) != head
    elsewhere = data.draw(st.integers(0, size - 1).filter(lambda it: it != index)) if size > 1 else size
    assert root_with(leaves(size)[index], elsewhere, size, path) != head
    assert root_with(leaves(size)[index], index, size, [*path, head]) != head
    if path:
        assert root_with(leaves(size)[index], index, size, path[:-1]) != head
        at = data.draw(st.integers(0, len(path) - 1))
        forged = [*path[:at], leaf_hash(path[at]), *path[at + 1 :]]
        assert root_with(leaves(size)[index], index, size, forged) != head


@given(SOME, st.data())
def test_growth_is_proven_and_nothing_else(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    tree = subtree_of(leaves(size))
    before, after, path = root(old, tree), root(size, tree), consistency_proof(old, size, tree)
    assert grew(old, before, size, after, path)
    assert not grew(old, leaf_hash(before), size, after, path)
    assert not grew(old, before, size, leaf_hash(after), path)
    assert not grew(old, before, size, after, [*path, after])
    if path:
        assert not grew(old, before, size, after, path[:-1])
        at = data.draw(st.integers(0, len(path) - 1))
        assert not grew(old, before, size, after, [*path[:at], leaf_hash(path[at]), *path[at + 1 :]])


def test_there_is_no_proof_of_what_is_not_there() -> None:
    tree = subtree_of(LEAVES)
    with pytest.raises(ValueError, match="no leaf 8"):
        inclusion_proof(8, 8, tree)
    with pytest.raises(ValueError, match="of 9"):
        consistency_proof(9, 8, tree)
    with pytest.raises(ValueError, match="of 0"):
        consistency_proof(0, 8, tree)
    assert root_with(LEAVES[0], 8, 8, []) is None
    assert not grew(0, EMPTY, 8, bytes.fromhex(HEADS[8]), [])
    assert not grew(3, bytes.fromhex(HEADS[3]), 8, bytes.fromhex(HEADS[8]), [])
