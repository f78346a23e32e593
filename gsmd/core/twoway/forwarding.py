"""Forwarding: what comes in goes to another number, in the transaction that settles the delivery."""

from gsmd.config import HandlerConfig
from gsmd.core.builtin import BuiltIn
from gsmd.core.ledger import Transaction
from gsmd.core.numbers import same_subscriber
from gsmd.core.outbound import Outbound
from gsmd.core.requests import Refused, SendRequest
from gsmd.core.twoway.guard import Guard
from gsmd.message import Message


def forwarder(config: HandlerConfig, number: str, outbound: Outbound, guard: Guard) -> BuiltIn:
    """A handler of that name that sends every message on to ``number``, with its sender in front."""

    def forward(transaction: Transaction, seq: int, message: Message) -> None:
        others = (message.peer, *guard.own_numbers())
        if any(same_subscriber(number, other) for other in others):
            _note(transaction, seq, message, config.name, "loop")
            return
        request = SendRequest(
            to=number,
            text=f"{message.peer}: {message.text or f'({message.kind})'}",
            modem=message.modem,
            tag=message.tag,
            key=f"forward {message.id} {config.name}",
        )
        try:
            outbound.submit(transaction, request)
        except Refused as refusal:
            _note(transaction, seq, message, config.name, str(refusal.data["reason"]))

    return BuiltIn(config.name, forward)


def _note(transaction: Transaction, seq: int, message: Message, handler: str, why: str) -> None:
    transaction.note("forward.refused", seq, message.id, handler=handler, reason=why)
