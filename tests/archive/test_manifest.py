"""What is kept of a run: the whole history, and any changed byte is found."""

import random

import pytest

from archive.manifest import Damaged, Kept, kept, seal, unseal
from tests.archive.archived import RECORDED, run_of


def recorded_run() -> Kept:
    run, history = run_of(RECORDED[0])
    return kept(run, history)


def test_what_was_sealed_is_what_comes_out() -> None:
    it = recorded_run()
    sealed = seal(it)
    assert unseal(sealed.content, sealed.sha256, "somewhere") == it
    assert it.replayable().events == run_of(RECORDED[0])[1].events


def test_once_the_same_run_gives_the_same_bytes() -> None:
    assert seal(recorded_run()) == seal(recorded_run())


def test_the_manifest_tells_what_it_is_of() -> None:
    manifest = recorded_run().manifest
    assert (manifest.workflow_type, manifest.status) == ("Approval", "COMPLETED")
    assert (manifest.codec_key_ids, manifest.events) == ((), len(run_of(RECORDED[0])[1].events))


def test_the_manifest_names_the_keys_of_encrypted_payloads() -> None:
    run, history = run_of(RECORDED[0])
    payload = history.events[0].workflow_execution_started_event_attributes.input.payloads[0]
    payload.metadata["encryption-key-id"] = b"key-2026"
    assert kept(run, history).manifest.codec_key_ids == ("key-2026",)


@pytest.mark.parametrize("seed", range(30))
def test_a_flipped_bit_anywhere_is_found(seed: int) -> None:
    sealed, drawn = seal(recorded_run()), random.Random(seed)
    content = bytearray(sealed.content)
    content[drawn.randrange(len(content))] ^= 1 << drawn.randrange(8)
    with pytest.raises(Damaged, match="somewhere"):
        unseal(bytes(content), sealed.sha256, "somewhere")


def test_a_tail_cut_off_is_found() -> None:
    sealed = seal(recorded_run())
    with pytest.raises(Damaged):
        unseal(sealed.content[:-1], sealed.sha256, "somewhere")
