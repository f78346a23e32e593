"""The pictures of the navigation and of buttons: paths on a grid of 24, drawn with one stroke width."""

ICONS = {
    "inbox": "M4 5h16v11H9l-5 4z",
    "search": "M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14zM16 16l5 5",
    "campaigns": "M4 10v5l11 4V5L4 10zM7 15v4h3v-3M19 9a4 4 0 0 1 0 6",
    "lists": "M9 6h11M9 12h11M9 18h11M4 6h1M4 12h1M4 18h1",
    "polls": "M5 20V11M12 20V4M19 20v-6",
    "forms": "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3",
    "contests": "M7 4h10v5a5 5 0 0 1-10 0zM7 6H4a4 4 0 0 0 4 5M17 6h3a4 4 0 0 1-4 5M12 14v4M8 20h8",
    "keywords": "M4 7h16M4 12h9M4 17h6M16 14l4 3l-4 3",
    "figures": "M4 4v16h16M7 15l4-5l3 3l5-7",
    "queues": "M4 6h16M4 11h16M4 16h9M17 14v6M14 17l3 3l3-3",
    "modems": "M7 9h10v11H7zM12 9V5M8 5a6 6 0 0 1 8 0M10 13h4M10 16h4",
    "settings": "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
    "people": "M9 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6zM3 20a6 6 0 0 1 12 0M16 6a3 3 0 0 1 0 6M17 15a6 6 0 0 1 4 5",
    "more": "M5 11.3a.7.7 0 1 0 .01 0zM12 11.3a.7.7 0 1 0 .01 0zM19 11.3a.7.7 0 1 0 .01 0z",
    "send": "M4 4l17 8l-17 8l3-8zM7 12h7",
    "new": "M12 5v14M5 12h14",
    "back": "M15 5l-7 7l7 7",
    "clock": "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16zM12 8v4l3 2",
    "check": "M5 12l5 5l9-10",
    "out": "M10 4H5v16h5M14 8l4 4l-4 4M18 12H9",
}
"""By name. A page's icon has the name of the page."""
