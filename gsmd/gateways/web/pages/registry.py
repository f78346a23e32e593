"""All pages, in the order of the navigation: a line each."""

from gsmd.gateways.web.pages import (
    compose,
    entrance,
    inbox,
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
    queues.PAGE,
    modems.PAGE,
    settings.PAGE,
    # in no navigation
    compose.PAGE,
    story.PAGE,
    people.PAGE,
    managing.PAGE,
    entrance.PAGE,
)
