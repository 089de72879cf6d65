"""A checkpoint of the journal, for the person to keep elsewhere: it shows later that no tail was cut."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from selfdata_sdk.errors import RequestError

from .entry import Moment, Sha256


class Signature(BaseModel):
    """Ed25519 (RFC 8032) over the checkpoint's other fields in canonical JSON; key and value in hexadecimal."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    algorithm: Literal["Ed25519"] = "Ed25519"
    key: Sha256
    value: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class Checkpoint(BaseModel):
    """How far a journal reached at `at`: its first `size` entries end with the hash `hash`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    checkpoint: Literal[1] = 1
    origin: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    size: Annotated[int, Field(ge=0)]
    hash: Sha256
    at: Moment
    signature: Signature | None = None

    def signed_bytes(self) -> bytes:
        return rfc8785.dumps(self.model_dump(mode="json", exclude={"signature"}))

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)

    @classmethod
    def from_json(cls, data: bytes) -> Checkpoint:
        """RequestError if it is none."""
        try:
            return cls.model_validate_json(data)
        except ValidationError:
            raise RequestError(
                "This is not a checkpoint.", next="Give a file that `selfdata journal checkpoint` wrote."
            ) from None


def public_key(private_key: bytes) -> str:
    """The public key of a private one, in hexadecimal. Needs the extra `signing`."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw().hex()


def signed(checkpoint: Checkpoint, private_key: bytes) -> Checkpoint:
    """The checkpoint with a signature. `private_key`: 32 bytes. Needs the extra `signing`."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(private_key)
    value = key.sign(checkpoint.signed_bytes()).hex()
    return checkpoint.model_copy(update={"signature": Signature(key=public_key(private_key), value=value)})


def is_signed(checkpoint: Checkpoint, public_key: str | None = None) -> bool:
    """True if the checkpoint bears a signature that holds, by `public_key` (hexadecimal) if one is given."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signature = checkpoint.signature
    if signature is None or public_key not in (None, signature.key):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.key))
        key.verify(bytes.fromhex(signature.value), checkpoint.signed_bytes())
    except (InvalidSignature, ValueError):
        return False
    return True
