#!/usr/bin/env python3
"""Prints vectors.json: every proof of a tree of up to eight leaves, straight from the definitions in RFC 6962."""

import hashlib
import json

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]


def sha256(data):
    return hashlib.sha256(data).digest()


def half(count):
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = half(len(leaves))
    return sha256(b"\1" + root(leaves[:k]) + root(leaves[k:]))


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = half(len(leaves))
    if m < k:
        return path(m, leaves[:k]) + [root(leaves[k:])]
    return path(m - k, leaves[k:]) + [root(leaves[:k])]


def subproof(m, leaves, whole):
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = half(len(leaves))
    if m <= k:
        return subproof(m, leaves[:k], whole) + [root(leaves[k:])]
    return subproof(m - k, leaves[k:], False) + [root(leaves[:k])]


def main():
    leaves = [sha256(b"\0" + bytes.fromhex(leaf)) for leaf in LEAVES]
    in_hex = lambda proof: [node.hex() for node in proof]
    inclusion = [
        {"leaf": m, "size": n, "proof": in_hex(path(m, leaves[:n]))} for n in range(1, 9) for m in range(n)
    ]
    consistency = [
        {"from": m, "to": n, "proof": in_hex(subproof(m, leaves[:n], True))}
        for n in range(1, 9)
        for m in range(1, n + 1)
    ]
    lines = lambda vectors: ",\n".join("  " + json.dumps(vector) for vector in vectors)
    print('{\n "inclusion": [\n%s\n ],\n "consistency": [\n%s\n ]\n}' % (lines(inclusion), lines(consistency)))


main()
