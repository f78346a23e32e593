"""The libraries that speak SMTP. They name TLS in their signatures, which is no use of it: it is loaded by who has some."""

from gsmd import openssl

with openssl.named():
    import aiosmtpd.smtp
    import aiosmtplib
    from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
    from aiosmtplib import (
        SMTPAuthenticationError,
        SMTPConnectError,
        SMTPException,
        SMTPRecipientsRefused,
        SMTPResponseException,
    )

ServerSMTP = aiosmtpd.smtp.SMTP
ClientSMTP = aiosmtplib.SMTP

__all__ = [
    "AuthResult",
    "ClientSMTP",
    "Envelope",
    "LoginPassword",
    "SMTPAuthenticationError",
    "SMTPConnectError",
    "SMTPException",
    "SMTPRecipientsRefused",
    "SMTPResponseException",
    "ServerSMTP",
]
