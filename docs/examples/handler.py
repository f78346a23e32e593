#!/usr/bin/env python3
"""A handler in ten lines: whoever texts BALANCE gets an answer."""

from gsmd.client import Client

with Client() as client:
    for message in client.listen("balance"):
        if (message.text or "").strip().upper() == "BALANCE":
            message.reply("Your balance is 5.00")
        else:
            message.reply("Text BALANCE to see your balance.")
