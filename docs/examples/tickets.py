#!/usr/bin/env python3
"""Texts that come in as tickets of Zammad, osTicket or Chatwoot; what agents answer in Chatwoot as SMS.

    handlers: [{name: desk, match: {unclaimed: true}, run: [/usr/local/bin/tickets.py, zammad]}]

The environment has URL, where the system is, and TOKEN (Zammad: an access token, osTicket: an API key, Chatwoot: the
inbox identifier of an inbox of the kind API). An error of the system is a failed delivery: gsmd tries again.

`tickets.py answers PORT` is what Chatwoot's inbox has as its webhook URL: http://…:PORT/SECRET, with SECRET in the environment.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

from gsmd.client import Client, GsmdError, Invalid, RefusedError

URL, TOKEN = os.environ.get("URL", ""), os.environ.get("TOKEN", "")


def ask(path: str, said: Any = None, **head: str) -> Any:
    body = None if said is None else json.dumps(said).encode()
    head["Content-Type"] = "application/json"
    request = Request(f"{URL}{path}", body, head)  # noqa: S310 -- the administrator's own
    with urlopen(request, timeout=30) as answer:  # noqa: S310
        text = answer.read()
    return json.loads(text) if text else None


def zammad(message: dict[str, Any]) -> None:
    """A ticket for each text: what one person writes on can be merged by a trigger, or by the agent."""
    number = message["peer"]
    article = {
        "type": "sms",
        "sender": "Customer",
        "from": number,
        "body": message["text"] or "",
        "subject": f"SMS {number}",
        "message_id": message["id"],
        "internal": False,
    }
    customer = f"guess:{number.lstrip('+')}@sms.example.org"
    ticket = {
        "title": f"SMS {number}",
        "group": "Users",
        "customer_id": customer,
        "article": article,
    }
    ask("/api/v1/tickets", ticket, Authorization=f"Token token={TOKEN}")


def osticket(message: dict[str, Any]) -> None:
    number = message["peer"]
    ticket = {
        "name": number,
        "email": f"{number.lstrip('+')}@sms.example.org",
        "phone": number,
        "subject": f"SMS {number}",
        "message": message["text"] or "",
        "source": "API",
    }
    ask("/api/tickets.json", ticket, **{"X-API-Key": TOKEN})


def chatwoot(message: dict[str, Any]) -> None:
    """In the newest conversation with that number: the same source_id is the same contact."""
    number, inbox = message["peer"], f"/public/api/v1/inboxes/{TOKEN}/contacts"
    who = {"source_id": f"sms-{number.lstrip('+')}", "identifier": number, "name": number}
    contact = f"{inbox}/{ask(inbox, {**who, 'phone_number': number})['source_id']}/conversations"
    conversation = (ask(contact) or [ask(contact, {})])[-1]["id"]
    said = {"content": message["text"] or "", "echo_id": message["id"]}
    ask(f"{contact}/{conversation}/messages", said)


class Answers(BaseHTTPRequestHandler):
    """Chatwoot's web hook: every message of an agent that is not a private note."""

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.carry_out(said))
        self.end_headers()

    def carry_out(self, said: dict[str, Any]) -> int:
        if self.path != f"/{os.environ['SECRET']}":
            return 404
        outgoing = said.get("event") == "message_created" and said.get("message_type") == "outgoing"
        if not outgoing or said.get("private") or not said.get("content"):
            return 200
        to = said["conversation"]["meta"]["sender"]["phone_number"]
        try:
            with Client() as client:
                client.send(to, said["content"], key=f"chatwoot {said['id']}", handler="desk")
        except (Invalid, RefusedError) as error:
            print(error, file=sys.stderr)  # another try would not help
            return 200
        except GsmdError:
            return 503
        return 200


if __name__ == "__main__":
    what = sys.argv[1]
    if what == "answers":
        ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Answers).serve_forever()
    else:
        {"zammad": zammad, "osticket": osticket, "chatwoot": chatwoot}[what](
            json.load(sys.stdin)["message"]
        )
