"""command_status: how a request ended (SMPP 3.4 §5.1.3, SMPP 5.0 §4.7.6)."""

from enum import IntEnum


class CommandStatus(IntEnum):
    """The values that the specifications define; other ones stay plain integers in a PDU."""

    ROK = 0x00  # no error
    RINVMSGLEN = 0x01  # message length is invalid
    RINVCMDLEN = 0x02  # command length is invalid
    RINVCMDID = 0x03  # invalid command id
    RINVBNDSTS = 0x04  # incorrect bind status for the command
    RALYBND = 0x05  # already bound
    RINVPRTFLG = 0x06  # invalid priority flag
    RINVREGDLVFLG = 0x07  # invalid registered delivery flag
    RSYSERR = 0x08  # system error
    RINVSRCADR = 0x0A  # invalid source address
    RINVDSTADR = 0x0B  # invalid destination address
    RINVMSGID = 0x0C  # invalid message id
    RBINDFAIL = 0x0D  # bind failed
    RINVPASWD = 0x0E  # invalid password
    RINVSYSID = 0x0F  # invalid system id
    RCANCELFAIL = 0x11  # cancel_sm failed
    RREPLACEFAIL = 0x13  # replace_sm failed
    RMSGQFUL = 0x14  # message queue full
    RINVSERTYP = 0x15  # invalid service type
    RINVNUMDESTS = 0x33  # invalid number of destinations
    RINVDLNAME = 0x34  # invalid name of a distribution list
    RINVDESTFLAG = 0x40  # invalid destination flag
    RINVSUBREP = 0x42  # invalid submit with replace_if_present_flag
    RINVESMCLASS = 0x43  # invalid esm_class
    RCNTSUBDL = 0x44  # cannot submit to a distribution list
    RSUBMITFAIL = 0x45  # submit_sm or submit_multi failed
    RINVSRCTON = 0x48  # invalid type of number of the source
    RINVSRCNPI = 0x49  # invalid numbering plan of the source
    RINVDSTTON = 0x50  # invalid type of number of the destination
    RINVDSTNPI = 0x51  # invalid numbering plan of the destination
    RINVSYSTYP = 0x53  # invalid system type
    RINVREPFLAG = 0x54  # invalid replace_if_present_flag
    RINVNUMMSGS = 0x55  # invalid number of messages
    RTHROTTLED = 0x58  # more than is allowed at a time
    RINVSCHED = 0x61  # invalid schedule_delivery_time
    RINVEXPIRY = 0x62  # invalid validity_period
    RINVDFTMSGID = 0x63  # no such predefined message
    RX_T_APPN = 0x64  # a receiver's temporary error
    RX_P_APPN = 0x65  # a receiver's permanent error
    RX_R_APPN = 0x66  # a receiver rejects the message
    RQUERYFAIL = 0x67  # query_sm failed
    RINVOPTPARSTREAM = 0xC0  # the optional part of a PDU is no series of TLVs
    ROPTPARNOTALLWD = 0xC1  # this TLV is not allowed
    RINVPARLEN = 0xC2  # invalid length of a TLV
    RMISSINGOPTPARAM = 0xC3  # an expected TLV is missing
    RINVOPTPARAMVAL = 0xC4  # invalid value of a TLV
    RDELIVERYFAILURE = 0xFE  # data_sm could not be delivered
    RUNKNOWNERR = 0xFF

    # SMPP 5.0
    RSERTYPUNAUTH = 0x100  # not authorised to use the service type
    RPROHIBITED = 0x101  # prohibited to this ESME
    RSERTYPUNAVAIL = 0x102  # the service type is unavailable
    RSERTYPDENIED = 0x103  # the service type is denied
    RINVDCS = 0x104  # invalid data_coding
    RINVSRCADDRSUBUNIT = 0x105
    RINVDSTADDRSUBUNIT = 0x106
    RINVBCASTFREQINT = 0x107
    RINVBCASTALIAS_NAME = 0x108
    RINVBCASTAREAFMT = 0x109
    RINVNUMBCAST_AREAS = 0x10A
    RINVBCASTCNTTYPE = 0x10B
    RINVBCASTMSGCLASS = 0x10C
    RBCASTFAIL = 0x10D
    RBCASTQUERYFAIL = 0x10E
    RBCASTCANCELFAIL = 0x10F
    RINVBCAST_REP = 0x110
    RINVBCASTSRVGRP = 0x111
    RINVBCASTCHANIND = 0x112

    def __str__(self) -> str:
        return f"ESME_{self.name}"


TEMPORARY = frozenset(
    {
        CommandStatus.RTHROTTLED,
        CommandStatus.RSYSERR,
        CommandStatus.RMSGQFUL,
        CommandStatus.RSUBMITFAIL,
        CommandStatus.RQUERYFAIL,
        CommandStatus.RX_T_APPN,
        CommandStatus.RDELIVERYFAILURE,
        CommandStatus.RUNKNOWNERR,
    }
)
"""Statuses of a deliver_sm_resp after which another try is worth it; all other errors are final."""

_FIRST_OF_50 = 0x100
_KNOWN = {int(status): status for status in CommandStatus}


def name_of(status: int) -> str:
    """The status as people write it: ``ESME_RTHROTTLED``, or hex for one that nobody defined."""
    known = _KNOWN.get(status)
    return f"0x{status:08X}" if known is None else str(known)


def for_version(status: CommandStatus, version: int) -> CommandStatus:
    """A status that a bind of this interface_version knows: RSUBMITFAIL stands in for those of 5.0."""
    if status >= _FIRST_OF_50 and version < 0x50:
        return CommandStatus.RSUBMITFAIL
    return status
