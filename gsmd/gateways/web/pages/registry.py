"""All pages, in the order of the navigation: a line each."""

from gsmd.gateways.web.pages import (
    campaigns,
    codes,
    compose,
    contests,
    entrance,
    figures,
    forms,
    inbox,
    keywords,
    lists,
    managing,
    modems,
    passkeys,
    people,
    polls,
    queues,
    search,
    settings,
    story,
)
from gsmd.gateways.web.pages.page import Page

PAGES: tuple[Page, ...] = (
    inbox.PAGE,
    search.PAGE,
    campaigns.PAGE,
    polls.PAGE,
    keywords.PAGE,
    figures.PAGE,
    queues.PAGE,
    modems.PAGE,
    settings.PAGE,
    # in no navigation
    compose.PAGE,
    lists.PAGE,
    forms.PAGE,
    contests.PAGE,
    codes.PAGE,
    story.PAGE,
    people.PAGE,
    managing.PAGE,
    passkeys.PAGE,
    entrance.PAGE,
)
