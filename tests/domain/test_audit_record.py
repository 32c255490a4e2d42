"""Leaves: one form for one content, and commitments that tell nothing once their salt is gone."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest

from domain.audit_finding import Change, Fault, Finding
from domain.audit_record import RecordKind, canonical, commitment, erased, leaf, leaf_content
from tests.examples import AT

CHINA = timezone(timedelta(hours=8))


def test_one_content_has_one_form() -> None:
    assert canonical({"b": 1, "a": ["客户", None, True, 0.25]}) == b'{"a":["\\u5ba2\\u6237",null,true,0.25],"b":1}'
    assert (
        canonical({"at": AT}) == canonical({"at": AT.astimezone(CHINA)}) == b'{"at":"2026-11-23T01:30:00.000000+00:00"}'
    )
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(float("nan"))
    with pytest.raises(TypeError):
        canonical({"raw": b"\x00"})


def test_a_leaf_is_the_hash_of_its_content() -> None:
    columns = {"id": "evt_1", "at": datetime(2026, 11, 23, tzinfo=UTC)}
    content = leaf_content(RecordKind.EVENT, columns, "ab")
    assert (
        content
        == b'{"columns":{"at":"2026-11-23T00:00:00.000000+00:00","id":"evt_1"},"commitment":"ab","kind":"event"}'
    )
    assert leaf(RecordKind.EVENT, columns, "ab") == sha256(b"\x00" + content).digest()


def test_what_was_erased_is_known_by_its_commitment() -> None:
    committed = commitment(b"salt", {"reason": "王小明"})
    assert committed != commitment(b"other", {"reason": "王小明"})
    assert erased({"erased": committed}) == committed
    assert erased({"erased": committed, "reason": "x"}) is None
    assert erased({"erased": 7}) is None
    assert erased(["erased"]) is None


def test_findings_come_in_the_order_of_the_log() -> None:
    found = [Finding(Fault.RECORD_INSERTED), Finding(Fault.TILE_EDITED, 256), Finding(Fault.RECORD_DELETED, 3)]
    assert [it.position for it in sorted(found, key=lambda it: it.rank)] == [3, 256, None]
    assert {fault.change for fault in Fault} == set(Change)
