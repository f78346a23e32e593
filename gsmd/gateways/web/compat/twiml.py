"""TwiML, as far as it answers a message: the texts of ``<Response><Message>…</Message></Response>``.

It comes from somewhere else: a document type, and with it every entity of its own, is not read at all.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator


def messages_in(body: bytes) -> list[str]:
    """The texts, none where it is no TwiML."""
    if b"<!" in body.replace(b"<!--", b""):
        return []
    try:
        root = ET.fromstring(body)  # noqa: S314 -- as above
    except ET.ParseError:
        return []
    return list(_texts(root)) if root.tag == "Response" else []


def _texts(root: ET.Element) -> Iterator[str]:
    for each in root:
        if each.tag not in {"Message", "Sms"} or each.get("to"):
            continue
        bodies = each.findall("Body")
        text = "".join("".join(part.itertext()) for part in bodies) or (each.text or "")
        if text.strip():
            yield text.strip()
