#!/usr/bin/env python3
"""The other end of a web hook, without dependencies: checks the signature, then answers.

    handlers:
      - {name: shop, post: "http://127.0.0.1:8080/sms", secret_file: /etc/gsmd/hook.key}

Usage: webhook.py [PORT] KEY-FILE
"""

import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

OLDEST = 300  # seconds: what is older may be somebody replaying what he overheard


def genuine(header: str, body: bytes, key: bytes) -> bool:
    """Whether the body comes from who has the key, and only just now."""
    fields = dict(field.partition("=")[::2] for field in header.split(","))
    signed = fields.get("t", "").encode() + b"." + body
    expected = hmac.new(key, signed, hashlib.sha256).hexdigest()
    return (
        hmac.compare_digest(expected.encode(), fields.get("v1", "").encode())
        and abs(time.time() - int(fields["t"])) < OLDEST
    )


class Shop(BaseHTTPRequestHandler):
    """Takes orders."""

    key = b""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not genuine(self.headers.get("X-Gsmd-Signature", ""), body, self.key):
            self.send_error(401)  # not acknowledged: gsmd tries again
            return
        message = json.loads(body)["message"]
        # a message can come twice, after a lost answer for instance: its id is the same then
        answer = json.dumps({"reply": f"Thank you for your order {message['id'][:8]}."}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


if __name__ == "__main__":
    *port, key_file = sys.argv[1:]
    Shop.key = Path(key_file).read_bytes().strip()
    with ThreadingHTTPServer(("127.0.0.1", int(port[0]) if port else 8080), Shop) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()
