"""Heads outside the database: each told once to each place, in files that are written once."""

from pathlib import Path

import pytest

from domain.tree_head import TreeHead
from store.audit_heads import Published
from store.audit_publishing import BATCH, HeadFolder, Publications, place_of
from store.audit_verifying import verify
from store.database import Database
from tests.auditing import KEY, NOW, heads_of, record, seal, verified


def publish(database: Database, folder: HeadFolder) -> list[TreeHead]:
    told: list[TreeHead] = []
    publications = Publications(database)
    while heads := publications.untold(folder.place):
        folder.write(heads, KEY.public)
        publications.told(folder.place, heads[-1])
        told += heads
    return told


def grow(database: Database, numbers: range) -> None:
    for number in numbers:
        record(database, number, 1)
        seal(database)


def test_every_head_is_told_once(database: Database, tmp_path: Path) -> None:
    folder = HeadFolder(tmp_path / "heads")
    grow(database, range(3))
    assert publish(database, folder) == heads_of(database)
    assert publish(database, folder) == []
    grow(database, range(3, 4))
    assert publish(database, folder) == heads_of(database)[3:]
    assert folder.lines() == [head.line for head in heads_of(database)]
    assert [key.raw for key in folder.public_keys()] == [KEY.public.raw]
    assert {path.parent.name for path in (tmp_path / "heads").glob("2*/*")} == {f"{NOW:%Y-%m}"}
    assert not list((tmp_path / "heads").glob("*/*.[0-9]*"))


def test_more_heads_than_are_read_at_once(database: Database, tmp_path: Path) -> None:
    folder = HeadFolder(tmp_path)
    grow(database, range(BATCH + 1))
    assert len(publish(database, folder)) == BATCH + 1


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    folder = HeadFolder(tmp_path)
    head = KEY.sign(3, bytes(32), NOW)
    folder.write([head], KEY.public)
    folder.write([KEY.sign(3, bytes([1]) * 32, NOW)], KEY.public)
    assert folder.lines() == [head.line]


def test_a_place_that_lost_what_it_was_told_is_told_of(database: Database, tmp_path: Path) -> None:
    folder = HeadFolder(tmp_path)
    grow(database, range(3))
    publish(database, folder)
    newest = max(tmp_path.glob("2*/*.json"))
    newest.unlink()
    (finding,) = verify(database, [KEY.public], Published(folder.lines(), folder.place)).findings
    assert (finding.fault, finding.position) == ("published_cut_off", heads_of(database)[-1].size)
    assert not verified(database, folder.lines()).findings  # nobody knows how much another place was told
    for path in tmp_path.glob("2*/*.json"):
        path.unlink()
    assert verify(database, [KEY.public], Published(folder.lines(), folder.place)).findings


def test_bytes_that_are_no_text_are_read_all_the_same(tmp_path: Path) -> None:
    folder = HeadFolder(tmp_path)
    folder.write([KEY.sign(3, bytes(32), NOW)], KEY.public)
    (file,) = tmp_path.glob("2*/*.json")
    file.write_bytes(b"\xff" + file.read_bytes())
    assert folder.lines()[0].startswith("\ufffd")
    (tmp_path / "keys" / "x.txt").write_text("no key")
    with pytest.raises(ValueError, match="hexadecimal"):
        list(folder.public_keys())


def test_places_are_known_by_a_hash() -> None:
    assert place_of("https://example.com/?token=secret") == place_of("https://example.com/?token=secret")
    assert "secret" not in place_of("https://example.com/?token=secret")
