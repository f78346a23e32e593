"""The bounds of the contract, each once: sizes, counts and times. ``docs/protocol.md`` lists them under Limits."""

LINE = 1 << 20
"""Octets of a line to the daemon."""

BATCH = 1000
"""Objects in a batch."""

PAGE = 1000
"""Entries on one page of a listing, at most."""

USUAL_PAGE = 100
"""Entries on one page, unless asked for otherwise."""

PRIORITY = 100
"""Priority, up and down: of two messages the one with the higher goes first."""

ACTOR = 128
"""Characters of an `actor`."""

NAME = 64
"""Characters of a name: of a handler, a list, a poll."""

SECRET = 512
"""Characters of the secret of a web hook."""

ATTEMPTS = 50
"""Hand-overs of each handler that are remembered."""

SENTENCE = 500
"""Characters of a sentence for people: what troubles a gateway, and what to do."""

TROUBLES = 32
"""Troubles that a gateway tells of at once."""

IN_FLIGHT = 1000
"""Messages that may be with one connection without an answer."""

REFERENCE = 256
"""Characters of what a carrier calls a message, going out or coming in."""

CARRIED_TEXT = 40_000
"""Characters of a text that a carrier receives: more than 255 parts hold."""

PULL_WAIT = 60
"""Seconds that `inbox.pull` waits for the first message at the most."""

LEASE = 86_400
"""Seconds that a pulled message may be in somebody's hands without a word."""

USUAL_LEASE = 60
"""Seconds of that unless asked for otherwise."""

EVENT_TYPES = 100
"""Types that one `events.subscribe` may name."""

WINNERS = 10_000
"""Winners of one draw."""

COMMAND = 1024
"""Characters of an AT command or a USSD code: more than any modem takes."""

CODE_LENGTH = (4, 12)
"""Digits of a one-time code."""

VALIDITY = 63 * 7 * 24 * 3600
"""Seconds of validity: what TP-VP can say (3GPP TS 23.040 §9.2.3.12.1)."""

PATTERN = 40
"""Characters of a pattern that senders are blocked by."""

QUESTION = 1600
"""Characters of a question of a form."""

LABELS = 50
"""Labels that one conversation may have."""

NOTE = 4000
"""Characters of a note on a conversation."""

POINTS = 2_000
"""Points of a series of figures."""

MODEM_ROWS = 5_000
"""Rows of a modem's history in one answer; the newest."""

COUNTRIES = 300
"""Countries that are told one by one: more than there are."""

USUAL_COUNTRIES = 50
"""Of these unless asked for otherwise."""

PACK_CODES = 50_000
"""Codes of a contest that one call adds."""

PACK_CODE = (6, 32)
"""Characters of a code that gsmd makes for a contest."""

PRIZES = 1_000_000
"""Codes that may win one prize."""

VARIANTS = 10
"""Texts that one campaign tries."""
