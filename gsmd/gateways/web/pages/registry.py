"""All pages, in the order of the navigation: a line each."""

from gsmd.gateways.web.pages import entrance, inbox
from gsmd.gateways.web.pages.page import Page

PAGES: tuple[Page, ...] = (
    inbox.PAGE,
    # in no navigation
    entrance.PAGE,
)
