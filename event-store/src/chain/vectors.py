"""Makes vectors.json: the hash chain of design section 7, written down a second time and apart from the Rust code.

Run `python3 vectors.py > vectors.json`. The Rust tests read the result, never this file.
"""

import hashlib
import json
import struct
import uuid

FIELDS = [
    "school_id", "aggregate_type", "aggregate_id", "sequence", "event_type", "event_version", "command_id", "actor_id",
    "device_id", "occurred_at_microseconds", "raw_occurred_at_microseconds", "recorded_at_microseconds", "payload",
    "metadata",
]


def as_bytes(name, value):
    if value is None:
        return b""
    if name.endswith("_id"):
        return uuid.UUID(value).bytes
    if isinstance(value, int):
        return struct.pack(">q", value)
    return value.encode()


def chained(previous, event):
    digest = hashlib.sha256(b"\x01" + bytes.fromhex(previous))
    for name in FIELDS:
        field = as_bytes(name, event[name])
        digest.update(struct.pack(">I", len(field)) + field)
    return digest.hexdigest()


first = {
    "name": "the first event of a stream, from a device",
    "previous": "00" * 32,
    "school_id": "b987390a-ec7e-53f2-b891-f0e9ad84cbb8",
    "aggregate_type": "attendance_session",
    "aggregate_id": "ceee0c6e-8227-5e5c-bbef-c9d909a515ec",
    "sequence": 1,
    "event_type": "session_opened",
    "event_version": "1",
    "command_id": "0192f3c1-0000-7000-8000-000000000001",
    "actor_id": "21d01924-32d0-57ec-93b8-807238824e08",
    "device_id": "0192f3c1-0000-7000-8000-0000000000dd",
    "occurred_at_microseconds": 1795507262123000,
    "raw_occurred_at_microseconds": 1795507262001000,
    "recorded_at_microseconds": 1795507270654321,
    "payload": '{"session_opened":{"session":{"class_id":"21d01924-32d0-57ec-93b8-807238824e08","date":"2026-11-24"}}}',
    "metadata": '{"device_seq":"17"}',
}
first["hash"] = chained(first["previous"], first)

second = dict(
    first,
    name="the next one, without a device, its payload not ASCII",
    previous=first["hash"],
    sequence=2,
    event_type="session_closed",
    command_id="0192f3c1-0000-7000-8000-000000000002",
    device_id=None,
    payload='{"session_closed":{"note":"Ng\u2019ang\u2019a \u00e9"}}',
    metadata="{}",
)
second["hash"] = chained(second["previous"], second)

old = dict(
    first,
    name="a time before 1970, a long sequence and an empty payload",
    previous="ff" * 32,
    sequence=5_000_000_000,
    occurred_at_microseconds=-1,
    raw_occurred_at_microseconds=-62135596800000000,
    payload="",
)
old["hash"] = chained(old["previous"], old)

print(json.dumps([first, second, old], indent=2))
