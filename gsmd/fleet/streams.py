"""What has to be at the engine: streams, consumers and buckets, as data.

Retention. A queue forgets what is acknowledged. The register forgets an end after `ENDS_KEPT`, and nothing else: what is
uncertain waits for somebody. What came in, and events, are kept for a month; a message that came in stands there
once, for as long as it is kept: that is what makes publishing it again harmless.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gsmd.fleet import subjects
from gsmd.fleet.subjects import (
    BOXES,
    CLASSES,
    CODES,
    EVENT,
    INBOX,
    OUT,
    REGISTER,
    SETTINGS,
    SIM,
    SIMS,
    STICKY,
    VOTE,
)

FLOOR = (2, 10, 23)
"""The oldest engine that does what is needed without losing streams or accepting two writers."""

WITH_TTL = (2, 11, 0)
WANTED = (2, 12, 12)

ENDS_KEPT = "72h"
"""How long the register knows the end of a message: who repeats one within that time sends nothing."""

SECOND = 10**9
DAY = 86_400 * SECOND
PRESENCE = 90
"""Seconds after which a box, or a SIM, that is not heard of is taken to be away."""

MANY = 20_000

Stream = Mapping[str, Any]


def streams(replicas: int, version: tuple[int, int, int]) -> dict[str, Stream]:
    """All of them, by name. Of a version before 2.11 the register keeps ends for ever."""
    plain = {"storage": "file", "num_replicas": replicas, "allow_direct": False}
    window = {"duplicate_window": 120 * SECOND}
    ttl = {"allow_msg_ttl": True} if version >= WITH_TTL else {}
    once = {"max_msgs_per_subject": 1}
    found: dict[str, Stream] = {
        OUT: {**plain, **window, "subjects": ["sms.out.>"], "retention": "workqueue"},
        SIM: {**plain, **window, **once, "subjects": ["sms.sim.>"], "retention": "workqueue"},
        REGISTER: {**plain, **once, **ttl, "subjects": ["sms.reg.>"], "retention": "limits"},
        INBOX: {
            **plain,
            **once,
            "subjects": ["sms.inbox.>"],
            "retention": "limits",
            "discard": "new",
            "discard_new_per_subject": True,
            "max_age": 30 * DAY,
        },
        EVENT: {
            **plain,
            **window,
            "subjects": ["sms.event.>"],
            "retention": "limits",
            "max_age": 30 * DAY,
        },
    }
    found[VOTE] = {**plain, **once, "subjects": ["sms.vote.>"], "retention": "limits"}
    for bucket, age in (
        (BOXES, PRESENCE),
        (SIMS, PRESENCE),
        (STICKY, 7 * 86_400),
        (SETTINGS, 0),
        (CODES, 86_400),
    ):
        found[f"KV_{bucket}"] = {
            **plain,
            **once,
            "subjects": [f"$KV.{bucket}.>"],
            "retention": "limits",
            "discard": "new",
            "allow_rollup_hdrs": True,
            "deny_delete": True,
            "max_age": age * SECOND,
        }
    return found


def consumers(pools: Iterable[str], ack_wait: float) -> dict[str, Mapping[str, Any]]:
    """Those of the queues of some pools, by name."""
    return {
        subjects.consumer(pool, class_): {
            "filter_subject": f"sms.out.{pool}.{class_}.>",
            "ack_policy": "explicit",
            "deliver_policy": "all",
            "max_deliver": -1,
            "ack_wait": int(ack_wait * SECOND),
            "max_ack_pending": MANY,
            "max_waiting": MANY,
        }
        for pool in pools
        for class_ in CLASSES
    }
