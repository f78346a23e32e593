"""A dovecot of its own: takes mail by LMTP, shows it by IMAP; every name has a mailbox, with the password ``secret``."""

import asyncio
import imaplib
import os
import shutil
import subprocess
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from tests import tools

PATIENCE = 120.0

SETTINGS = """
base_dir = {directory}/run
log_path = {directory}/log
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
auth_username_format = %n
first_valid_uid = 1
mail_location = maildir:{directory}/mail/%n
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={directory}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


class Dovecot:
    """``lmtp`` and ``imap`` are its ports."""

    def __init__(self, directory: Path, *, lmtp: int, imap: int) -> None:
        (directory / "mail").mkdir(parents=True)
        shutil.chown(directory / "mail", "mail", "mail")
        self._settings = directory / "dovecot.conf"
        self._settings.write_text(SETTINGS.format(directory=directory, lmtp=lmtp, imap=imap))
        self.lmtp, self.imap = lmtp, imap
        self.log = directory / "log"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Until mailboxes can be looked into."""
        command = [tools.path("dovecot"), "-F", "-c", str(self._settings)]
        self._process = subprocess.Popen(command, env={**os.environ, "HOME": "/"})
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await self.mails("anna")
                except OSError:
                    assert self._process.poll() is None, self.log.read_text()
                    await asyncio.sleep(0.1)
                else:
                    return

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    async def mails(self, name: str) -> list[Any]:
        """All that is in a mailbox, the oldest first."""
        return await asyncio.to_thread(self._read, name)

    async def mail(self, name: str, number: int) -> Any:
        """The mail with that number in a mailbox, once there are so many."""
        async with asyncio.timeout(PATIENCE):
            while len(found := await self.mails(name)) < number:
                await asyncio.sleep(0.2)
        return found[number - 1]

    def _read(self, name: str) -> list[Any]:
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=PATIENCE) as client:
            client.login(name, "secret")
            client.select(readonly=True)
            _, found = client.search(None, "ALL")
            contents: list[Any] = [
                client.fetch(number, "(RFC822)")[1][0] for number in found[0].split()
            ]
        return [message_from_bytes(each[1], policy=policy.default) for each in contents]
