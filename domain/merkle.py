"""Merkle trees over a log that only grows (RFC 6962, section 2.1; the checks of proofs: RFC 9162, section 2.1).

Everything is told in hashes of ranges of leaves: ``subtree(begin, end)`` is the tree's head over the leaves from
``begin`` until just before ``end``. Whoever keeps a tree says how it finds them; proofs then need few of them.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Self

Subtree = Callable[[int, int], bytes]
"""The hash of the tree over a range of leaves that is not empty."""

EMPTY = sha256().digest()
"""The head of a tree without leaves."""


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf with this content."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node above these two."""
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """How many leaves of a range of at least two are on its left side: the largest power of two below their number."""
    return int(1 << (size - 1).bit_length() - 1)


def subtree_of(leaves: Sequence[bytes]) -> Subtree:
    """The hashes of ranges of these leaves' hashes."""

    def hashed(begin: int, end: int) -> bytes:
        if end - begin == 1:
            return leaves[begin]
        middle = begin + split(end - begin)
        return node_hash(hashed(begin, middle), hashed(middle, end))

    return hashed


def root(size: int, subtree: Subtree) -> bytes:
    """The head of the tree over the first ``size`` leaves."""
    return subtree(0, size) if size else EMPTY


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """What shows, with a leaf, that it is in the tree over the first ``size`` leaves (RFC 6962, 2.1.1).

    Raises:
        ValueError: when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(begin, middle))
            begin = middle
    return path[::-1]


def consistency_proof(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """What shows that the tree over the first ``old`` leaves grew into the one over ``size`` (RFC 6962, 2.1.2).

    Raises:
        ValueError: when ``old`` is not between 1 and ``size``.
    """
    if not 1 <= old <= size:
        raise ValueError(f"a tree of {old} cannot have grown into one of {size}")
    path: list[bytes] = []
    begin, end = 0, size
    while end > old:
        middle = begin + split(end - begin)
        if old <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(begin, middle))
            begin = middle
    if begin > 0:  # else the old tree is a whole left side, whose hash the reader has: it is the old head
        path.append(subtree(begin, end))
    return path[::-1]


def root_with(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The head that a proof of inclusion leads to (RFC 9162, 2.1.3.2); None when it is none for such a tree.

    Args:
        leaf: the leaf's hash.
        index: its place, from 0.
        size: the number of leaves of the tree.
        path: the proof.
    """
    if not 0 <= index < size:
        return None
    here, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            return None
        if here % 2 or here == last:
            found = node_hash(other, found)
            while not here % 2 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, other)
        here, last = here >> 1, last >> 1
    return found if last == 0 else None


def grew(old: int, old_root: bytes, size: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a proof of consistency shows that one tree grew into the other (RFC 9162, 2.1.4.2).

    Args:
        old: the number of leaves of the earlier tree, at least 1.
        old_root: its head.
        size: the number of leaves of the later tree.
        new_root: its head.
        path: the proof.
    """
    if not 1 <= old <= size:
        return False
    if old == size:
        return not path and old_root == new_root
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    here, last = old - 1, size - 1
    while here % 2:
        here, last = here >> 1, last >> 1
    before = after = steps[0]
    for other in steps[1:]:
        if last == 0:
            return False
        if here % 2 or here == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while not here % 2 and here:
                here, last = here >> 1, last >> 1
        else:
            after = node_hash(after, other)
        here, last = here >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


class Growing:
    """The head of a tree while its leaves come one by one, of which it keeps only a few hashes."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf, by its hash."""
        self.size += 1
        height, found = 1, leaf
        while self._complete and self._complete[-1][0] == height:
            found = node_hash(self._complete.pop()[1], found)
            height *= 2
        self._complete.append((height, found))

    def copy(self) -> Self:
        """Another one that grows on its own from here."""
        other = type(self)()
        other.size, other._complete = self.size, [*self._complete]
        return other

    @property
    def root(self) -> bytes:
        """The head over the leaves so far."""
        if not self._complete:
            return EMPTY
        *left, (_, found) = self._complete
        for _, other in reversed(left):
            found = node_hash(other, found)
        return found
