#!/usr/bin/env python3
"""Prometheus Alertmanager to SMS.

    alertmanager.py --to +33612345678 --to +33698765432 [--port 9095]

In alertmanager.yml:

    receivers:
      - name: sms
        webhook_configs: [{url: "http://127.0.0.1:9095/", send_resolved: true}]

Alertmanager repeats a request that was not answered with 2xx. The key of each message is made from
the group and its alerts, so that a repetition sends nothing twice.
"""

import argparse
import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from gsmd.client import Client

LONGEST = 300  # characters: two parts


def sentence(group: dict) -> str:
    """``FIRING 2: DiskFull db1, db2``: what a person must know at three in the morning."""
    alerts = group["alerts"]
    labels = alerts[0]["labels"] | group["commonLabels"]
    name = labels.get("alertname", "alert")
    where = sorted({alert["labels"].get("instance", "") for alert in alerts} - {""})
    summary = group.get("commonAnnotations", {}).get("summary", "")
    head = f"{group['status'].upper()} {len(alerts)}: {name} {', '.join(where)}".strip()
    text = f"{head}. {summary}" if summary else head
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def key(group: dict, to: str) -> str:
    """The same for the same news, whoever repeats it."""
    starts = sorted(f"{alert.get('fingerprint')}{alert['startsAt']}" for alert in group["alerts"])
    news = json.dumps([group["groupKey"], group["status"], starts, to])
    return "alertmanager:" + hashlib.sha256(news.encode()).hexdigest()[:32]


def serve(recipients: list[str], port: int) -> None:
    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                group = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                text = sentence(group)
            except (ValueError, KeyError, TypeError, IndexError):
                self.send_error(400)
                return
            try:
                with Client() as client:
                    for to in recipients:
                        client.send(to, text, key=key(group, to), tag="alert", priority=9)
            except Exception as error:  # noqa: BLE001 -- Alertmanager repeats what failed
                self.log_error("%s", error)
                self.send_error(503)
                return
            self.send_response(204)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", port), Hook)
    print(f"Waiting for alerts on http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description="Prometheus Alertmanager to SMS.")
    parser.add_argument("--to", action="append", required=True, metavar="NUMBER")
    parser.add_argument("--port", type=int, default=9095)
    options = parser.parse_args()
    serve(options.to, options.port)


if __name__ == "__main__":
    main()
