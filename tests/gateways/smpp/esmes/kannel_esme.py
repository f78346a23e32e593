"""Kannel as an ESME: see `smpplib_esme`. ``PORT TEXT BEARERBOX SMSBOX [--tls]``.

What Kannel does with messages it tells by HTTP: so there is a small server here, which bearerbox's and smsbox's URLs lead to.
"""

import argparse
import json
import queue
import socket
import subprocess
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlparse
from urllib.request import urlopen

CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = x
smsbox-port = {box}
log-file = {directory}/bearerbox.log
log-level = 0
dlr-storage = internal
sms-resend-freq = 1

group = smsc
smsc = smpp
smsc-id = gsmd
host = {host}
port = {port}
use-ssl = {tls}
transceiver-mode = true
smsc-username = crm
smsc-password = secret
system-type = kannel
interface-version = 34
source-addr-autodetect = yes
max-pending-submits = 50

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
log-file = {directory}/smsbox.log
log-level = 0

group = sendsms-user
username = shop
password = secret
max-messages = 10
concatenation = true

group = sms-service
keyword = default
get-url = "http://127.0.0.1:{ear}/in?text=%b&charset=%C"
max-messages = 0
"""

heard: "queue.Queue[tuple[str, dict[str, list[str]]]]" = queue.Queue()


class Ear(BaseHTTPRequestHandler):
    """Notes what it is asked, and says nothing."""

    def do_GET(self) -> None:
        address = urlparse(self.path)
        heard.put((address.path, parse_qs(address.query, encoding="latin-1")))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def listening(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(port)


def send(port: int, ear: int, text: str) -> None:
    query = {
        "username": "shop",
        "password": "secret",
        "from": "1234",
        "to": "+33612345678",
        "text": text,
        "coding": "2",
        "charset": "UTF-8",
        "dlr-mask": "3",
        "dlr-url": f"http://127.0.0.1:{ear}/dlr?type=%d",
    }
    with urlopen(f"http://127.0.0.1:{port}/cgi-bin/sendsms?{urlencode(query)}") as answer:
        assert answer.read().startswith(b"0: Accepted")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("text")
    parser.add_argument("bearerbox")
    parser.add_argument("smsbox")
    parser.add_argument("--tls", action="store_true")
    arguments = parser.parse_args()
    ear = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    Thread(target=ear.serve_forever, daemon=True).start()
    ports = {name: free_port() for name in ("admin", "box", "sendsms")}
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "kannel.conf"
        path.write_text(
            CONFIGURATION.format(
                directory=directory,
                host="localhost" if arguments.tls else "127.0.0.1",
                port=arguments.port,
                tls="yes" if arguments.tls else "no",
                ear=ear.server_port,
                **ports,
            )
        )
        running = []
        try:
            for program, port in (
                (arguments.bearerbox, ports["box"]),
                (arguments.smsbox, ports["sendsms"]),
            ):
                quiet = subprocess.DEVNULL
                running.append(
                    subprocess.Popen([program, "-v", "4", str(path)], stdout=quiet, stderr=quiet)
                )
                listening(port)
            send(ports["sendsms"], ear.server_port, arguments.text)
            print(json.dumps(_wait()))
        finally:
            for process in reversed(running):
                process.kill()
                process.wait()


def _wait() -> str:
    """Until the receipt and a text are there; the text."""
    delivered, said = False, None
    while not (delivered and said):
        where, query = heard.get(timeout=60)
        if where == "/dlr":
            delivered |= query["type"] == ["1"]
        else:
            octets = query["text"][0].encode("latin-1")
            said = octets.decode("utf-16-be" if "UTF-16" in query["charset"][0] else "utf-8")
    return said


if __name__ == "__main__":
    main()
