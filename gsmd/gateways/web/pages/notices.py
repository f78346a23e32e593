"""What a page says at its top after something was done: the address has the word, this table the sentence.

So nobody can make a page say something by a link that they made up.
"""

from gsmd.gateways.web.pages.languages import later as _

NOTICES = {
    "sent": _("Accepted. It goes out as soon as the modem is free."),
    "scheduled": _("Accepted. It goes out at the time you chose."),
    "noted": _("Noted. Only your team sees it."),
    "changed": _("Changed."),
    "cancelled": _("It will not be sent."),
    "retried": _("It is on its way once more."),
    "redriven": _("Handed over once more."),
    "resumed": _("Messages go there again."),
    "removed": _("Removed."),
    "reset": _("The modem starts again."),
    "unlocked": _("The SIM has its PIN."),
    "begun": _("It has begun."),
    "paused": _("Nothing more of it is queued for now."),
    "resumed_campaign": _("It goes on."),
    "cancelled_campaign": _("Nothing more of it goes out."),
    "closed": _("Closed."),
    "asked": _("The first question is on its way."),
    "saved": _("Saved."),
    "forgotten": _("Forgotten."),
    "disabled": _("Shut out, at once."),
    "revoked": _("Revoked. The token is good no more."),
    "ended": _("That session has ended."),
    "code_on": _("From now on a code is asked for at sign-in."),
    "code_off": _("No code is asked for any more."),
    "password": _("Your password is changed. Your other sessions have ended."),
    "signed_out": _("You are signed out."),
}
"""By the word."""
