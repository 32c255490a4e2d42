"""The phones, mailboxes, domains and numbers of two records compared."""

from collections.abc import Callable

from rapidfuzz.distance import OSA

from domain.matching.record import Record

CONTACT_FEATURES = (
    "phone",
    "phone_near",
    "phone_conflict",
    "email",
    "email_near",
    "email_conflict",
    "domain",
    "domain_conflict",
    "id",
    "id_near",
    "id_conflict",
)
_MOST = 3
"""More numbers than this on a side are compared for equality only."""
_FEWEST_LOCAL_DIGITS = 6


def compare_contacts(a: Record, b: Record) -> tuple[float, ...]:
    """Returns the values of ``CONTACT_FEATURES``; all of a kind are 0 where a side has none of it."""
    emails = _sets(a.emails, b.emails, _same_mailbox)
    domain, other_domain = _domains(a.domains, b.domains)
    return (
        *_sets(a.phones, b.phones, _same_line),
        *emails,
        domain,
        0.0 if emails[1] else other_domain,
        *_identifiers(a, b),
    )


def _sets(a: frozenset[str], b: frozenset[str], same: Callable[[str, str], float]) -> tuple[float, float, float]:
    if not a or not b:
        return 0.0, 0.0, 0.0
    if not a.isdisjoint(b):
        return 1.0, 0.0, 0.0
    if len(a) > _MOST or len(b) > _MOST:
        return 0.0, 0.0, 1.0
    best = max(same(one, other) for one in a for other in b)
    return (best, 0.0, 0.0) if best > 0.8 else (0.0, best, 0.0 if best else 1.0)


def _same_line(a: str, b: str) -> float:
    """A number without its area code is the same line; one digit off, or two exchanged, may be a slip."""
    short, full = (a, b) if len(a) < len(b) else (b, a)
    if len(short) < len(full) and len(short) >= _FEWEST_LOCAL_DIGITS and full.endswith(short.lstrip("+0")):
        return 0.9
    return 0.6 if OSA.distance(a[-8:], b[-8:], score_cutoff=1) == 1 else 0.0


def _same_mailbox(a: str, b: str) -> float:
    """A slip in the address, or the same long name at another provider."""
    name, _, host = a.partition("@")
    other, _, other_host = b.partition("@")
    if OSA.distance(a, b, score_cutoff=2) <= 2 and len(a) > 8:
        return 0.8 if name == other or host == other_host else 0.6
    if name == other:
        return 0.6 if len(name) > 4 else 0.3
    return 0.3 if len(name) > 6 and OSA.distance(name, other, score_cutoff=1) <= 1 else 0.0


def _domains(a: frozenset[str], b: frozenset[str]) -> tuple[float, float]:
    if not a or not b:
        return 0.0, 0.0
    return (0.0, 1.0) if a.isdisjoint(b) else (1.0, 0.0)


def _identifiers(a: Record, b: Record) -> tuple[float, float, float]:
    """Tax numbers and national ids; the social credit code counts here, too, and decides in the rules above."""
    mine, theirs = _numbers(a), _numbers(b)
    if not mine or not theirs:
        return 0.0, 0.0, 0.0
    if not mine.isdisjoint(theirs):
        return 1.0, 0.0, 0.0
    slip = any(OSA.distance(one, other, score_cutoff=1) == 1 for one in mine for other in theirs)
    return (0.0, 1.0, 0.0) if slip else (0.0, 0.0, 1.0)


def _numbers(record: Record) -> frozenset[str]:
    return record.ids | {record.uscc} if record.uscc else record.ids
