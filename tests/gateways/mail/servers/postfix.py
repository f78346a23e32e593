"""A postfix of its own, in a directory of its own: what docs/mail.md says, and mailboxes of dovecot behind it."""

import asyncio
import shutil
import subprocess
from pathlib import Path

from tests import tools

SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
pickup     unix n - n 60 1 pickup
cleanup    unix n - n - 0 cleanup
qmgr       unix n - n 300 1 qmgr
rewrite    unix - - n - - trivial-rewrite
bounce     unix - - n - 0 bounce
defer      unix - - n - 0 bounce
trace      unix - - n - 0 bounce
verify     unix - - n - 1 verify
flush      unix n - n 1000? 0 flush
proxymap   unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp       unix - - n - - smtp
relay      unix - - n - - smtp
showq      unix n - n - - showq
error      unix - - n - - error
retry      unix - - n - - error
discard    unix - - n - - discard
lmtp       unix - - n - - lmtp
anvil      unix - - n - 1 anvil
scache     unix - - n - 1 scache
postlog    unix-dgram n - n - 1 postlogd
"""

SETTINGS = """
compatibility_level = 3.6
queue_directory = {directory}/queue
data_directory = {directory}/data
maillog_file = {directory}/log
maillog_file_prefixes = {directory}
myhostname = mx.example.org
myorigin = example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtp_host_lookup = native
smtpd_peername_lookup = no
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
address_verify_map =
address_verify_poll_delay = 1s
virtual_mailbox_domains = example.org
virtual_mailbox_maps = static:all
virtual_transport = lmtp:inet:127.0.0.1:{mailboxes}
transport_maps = inline:{{ sms.example.org=smtp:[127.0.0.1]:{gateway} }}
relay_domains = sms.example.org
smtpd_recipient_restrictions =
    check_recipient_access inline:{{ sms.example.org=reject_unverified_recipient }},
    permit_mynetworks, reject_unauth_destination
unverified_recipient_reject_code = 550
"""


class Postfix:
    """``port`` is where it takes mail; ``mailboxes`` where dovecot does, ``gateway`` where gsmd does."""

    def __init__(self, directory: Path, *, port: int, mailboxes: int, gateway: int) -> None:
        directory.mkdir()
        for name in ("queue", "data"):
            (directory / name).mkdir()
        shutil.chown(directory / "data", "postfix")
        values = {"directory": directory, "mailboxes": mailboxes, "gateway": gateway, "port": port}
        (directory / "main.cf").write_text(SETTINGS.format(**values))
        (directory / "master.cf").write_text(SERVICES.format(**values))
        self.port = port
        self.log = directory / "log"
        self._command = [tools.path("postfix"), "-c", str(directory)]

    async def start(self) -> None:
        """Take mail. Errors: CalledProcessError, with what it says in the log."""
        await asyncio.to_thread(self._do, "start")

    def stop(self) -> None:
        """End it."""
        self._do("stop")

    def _do(self, what: str) -> None:
        subprocess.run([*self._command, what], check=True, capture_output=True)
