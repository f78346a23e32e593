"""All pages, in the order of the navigation: a line each."""

from gsmd.gateways.web.pages import (
    campaigns,
    compose,
    entrance,
    inbox,
    lists,
    managing,
    modems,
    people,
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
    queues.PAGE,
    modems.PAGE,
    settings.PAGE,
    # in no navigation
    compose.PAGE,
    lists.PAGE,
    story.PAGE,
    people.PAGE,
    managing.PAGE,
    entrance.PAGE,
)
