# Generated from gsmd/protocol/methods.py by .ci/generate: do not edit.
"""Every typed call: those of the client itself, and the groups that are called like their noun."""

from gsmd.client._async.calls.blocks import AsyncBlocksCalls
from gsmd.client._async.calls.campaigns import AsyncCampaignsCalls
from gsmd.client._async.calls.carriers import AsyncCarriersCalls
from gsmd.client._async.calls.consents import AsyncConsentsCalls
from gsmd.client._async.calls.contests import AsyncContestsCalls
from gsmd.client._async.calls.conversations import AsyncConversationsCalls
from gsmd.client._async.calls.conversions import AsyncConversionsCalls
from gsmd.client._async.calls.forms import AsyncFormsCalls
from gsmd.client._async.calls.gateways import AsyncGatewaysCalls
from gsmd.client._async.calls.handlers import AsyncHandlersCalls
from gsmd.client._async.calls.inbox import AsyncInboxCalls
from gsmd.client._async.calls.keywords import AsyncKeywordsCalls
from gsmd.client._async.calls.lists import AsyncListsCalls
from gsmd.client._async.calls.messages import AsyncMessagesCalls
from gsmd.client._async.calls.modems import AsyncModemsCalls
from gsmd.client._async.calls.optout import AsyncOptoutCalls
from gsmd.client._async.calls.people import AsyncPeopleCalls
from gsmd.client._async.calls.polls import AsyncPollsCalls
from gsmd.client._async.calls.selftest import AsyncSelftestCalls
from gsmd.client._async.calls.server import AsyncServerCalls
from gsmd.client._async.calls.stats import AsyncStatsCalls
from gsmd.client._async.calls.verify import AsyncVerifyCalls
from gsmd.client._async.connections import AsyncConnections


class AsyncTypedCalls(
    AsyncServerCalls,
    AsyncMessagesCalls,
    AsyncInboxCalls,
    AsyncHandlersCalls,
    AsyncModemsCalls,
    AsyncStatsCalls,
    AsyncSelftestCalls,
):
    """The typed calls of a client, by subject, over its connections."""

    def __init__(self, connections: AsyncConnections) -> None:
        super().__init__(connections)
        self.carriers = AsyncCarriersCalls(connections)
        self.gateways = AsyncGatewaysCalls(connections)
        self.optout = AsyncOptoutCalls(connections)
        self.blocks = AsyncBlocksCalls(connections)
        self.keywords = AsyncKeywordsCalls(connections)
        self.lists = AsyncListsCalls(connections)
        self.consents = AsyncConsentsCalls(connections)
        self.campaigns = AsyncCampaignsCalls(connections)
        self.conversions = AsyncConversionsCalls(connections)
        self.polls = AsyncPollsCalls(connections)
        self.forms = AsyncFormsCalls(connections)
        self.contests = AsyncContestsCalls(connections)
        self.verify = AsyncVerifyCalls(connections)
        self.people = AsyncPeopleCalls(connections)
        self.conversations = AsyncConversationsCalls(connections)
