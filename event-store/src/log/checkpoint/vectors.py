#!/usr/bin/env python3
"""Prints vectors.json: a small log, signed with a key that everybody knows. Needs the package cryptography."""

import base64
import hashlib
import json
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SEED = bytes(range(32))
SCHOOL = uuid.UUID("b987390a-ec7e-53f2-b891-f0e9ad84cbb8")
STORE = uuid.UUID("6d757374-6572-4000-8000-000000000001")


def sha256(data):
    return hashlib.sha256(data).digest()


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + root(leaves[:k]) + root(leaves[k:]))


def in_base64(data):
    return base64.b64encode(data).decode()


def main():
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    hashes, leaves = [], []
    for number in range(1, 4):
        command = uuid.UUID(f"01920000-0000-7000-8000-00000000000{number}")
        chain_hash = sha256(b"event %d" % number)
        hashes.append(sha256(b"\0\1" + SCHOOL.bytes + command.bytes + chain_hash))
        leaves.append(
            {
                "command": str(command),
                "chain_hash": chain_hash.hex(),
                "leaf": hashes[-1].hex(),
                "root": root(hashes).hex(),
            }
        )
    origin = f"muster/{STORE}/{SCHOOL}/1"
    text = f"{origin}\n3\n{in_base64(root(hashes))}\n"
    key_hash = sha256(origin.encode() + b"\n\1" + public)[:4]
    signature = in_base64(key_hash + key.sign(text.encode()))
    vectors = {
        "seed": SEED.hex(),
        "public_key": in_base64(public),
        "verifier": f"{origin}+{key_hash.hex()}+" + in_base64(b"\1" + public),
        "school": str(SCHOOL),
        "store": str(STORE),
        "leaves": leaves,
        "checkpoint": f"{text}\n\u2014 {origin} {signature}\n",
        "restored_leaf": sha256(b"\0\2" + text.encode()).hex(),
    }
    print(json.dumps(vectors, indent=1, ensure_ascii=False))


main()
