"""The places that may be filled in the answer to a message."""

from gsmd.protocol.message import Message
from gsmd.words import word_and_rest


def places_of(message: Message) -> dict[str, str]:
    """``{peer}``, ``{text}`` and the like, by their names; times are local."""
    text = message.text or ""
    word, rest = word_and_rest(text)
    at = message.created_at.astimezone()
    return {
        "peer": message.peer,
        "text": text,
        "word": word,
        "rest": rest,
        "modem": message.modem or "",
        "date": at.strftime("%Y-%m-%d"),
        "time": at.strftime("%H:%M"),
    }
