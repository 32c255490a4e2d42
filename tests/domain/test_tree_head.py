"""Signed heads: checked with the public key alone."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from domain.merkle import leaf_hash
from domain.tree_head import HeadKey, PublicKey, TreeHead
from tests.auditing import KEY, NOW

HEAD = KEY.sign(3, leaf_hash(b"x"), NOW)


def test_the_key_is_that_of_rfc_8032() -> None:
    assert KEY.public.raw.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert len(KEY.public.id) == 16


def test_a_head_is_signed_as_a_whole() -> None:
    key = PublicKey.of_hex(f"{KEY.public.raw.hex()}\n")
    assert key.signed(HEAD)
    assert key.signed(TreeHead.model_validate_json(HEAD.line))
    others = {
        "size": 4,
        "root": "00" * 32,
        "at": NOW.replace(microsecond=0),
        "key_id": "0" * 16,
        "signature": "00" * 64,
    }
    for name, value in others.items():
        assert not key.signed(HEAD.model_copy(update={name: value})), name


def test_another_key_did_not_sign() -> None:
    assert not PublicKey(bytes(32)).signed(HEAD)


def test_what_is_no_key_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(TypeError):
        HeadKey(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
    with pytest.raises(ValueError, match=r"."):
        HeadKey("no key")
    with pytest.raises(ValueError, match=r"."):
        PublicKey.of_hex("no key")


@pytest.mark.parametrize("field", ["root", "signature"])
def test_a_head_has_a_form(field: str) -> None:
    with pytest.raises(ValidationError):
        TreeHead.model_validate({**HEAD.model_dump(), field: "xyz"})
