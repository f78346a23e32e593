#!/usr/bin/env python3
"""A carrier in forty lines: SMS through a provider on the web, beside modems or in place of them.

    carriers: [provider]
    routes: [{to: "*", modems: [provider]}]

It takes POST /messages {"to", "text"} and answers {"id"}; it calls us with POST /report {"id", "status", "code"}
and POST /inbound {"id", "from", "to", "text"}, until we answer 2xx. Usage: http_provider.py URL KEY-FILE [PORT]
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from gsmd.client import Client, GsmdError, OutboundMessage

STATES = {"delivered": "delivered", "undeliverable": "failed", "expired": "expired"}
URL, KEY, PORT = (
    sys.argv[1],
    Path(sys.argv[2]).read_text().strip(),
    *map(int, sys.argv[3:] or [8081]),
)
client = Client()


def send(message: OutboundMessage) -> None:
    head = {
        "Authorization": f"Bearer {KEY}",
        "Content-Type": "application/json",
        "Idempotency-Key": message.id,
    }
    body = json.dumps({"to": message.to, "text": message.text}).encode()
    try:
        with urlopen(Request(f"{URL}/messages", body, head), timeout=30) as answer:
            message.sent(json.load(answer)["id"])
    except HTTPError as error:
        if error.code in {429, 503}:  # not now, whatever the message
            message.unavailable(
                str(error), retry_after=float(error.headers.get("Retry-After") or 10)
            )
        elif error.code < 500:
            message.refuse(str(error), permanent=True)
        else:
            message.uncertain(str(error))
    except (
        OSError,
        ValueError,
        KeyError,
    ) as error:  # refused at the door: nothing can have gone out
        never = isinstance(error, URLError) and isinstance(error.reason, ConnectionRefusedError)
        (message.unavailable if never else message.uncertain)(str(error))


class Called(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            if self.path == "/report":
                state = STATES.get(said["status"], "sent")
                client.carriers.report("provider", said["id"], state=state, code=said.get("code"))
            else:  # on disk once this returns, and once for each key
                client.carriers.receive(
                    "provider", said["from"], key=said["id"], to=said["to"], text=said["text"]
                )
            self.send_response(204)
            self.end_headers()
        except GsmdError as error:
            self.send_error(503, error.message)  # it calls again


with ThreadingHTTPServer(("127.0.0.1", PORT), Called) as server, ThreadPoolExecutor(9) as pool:
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    pool.submit(server.serve_forever)
    for message in client.carry("provider", max_in_flight=8):
        pool.submit(send, message)
