"""The nodes of the topic language, by idea; importing this registers all of them."""

from dialog.nodes import (
    asking,
    cards,
    child_agents,
    events,
    handing_over,
    http_requests,
    knowledge,
    loops,
    operations,
    parsing,
    rating,
    recognising,
    redirects,
    signing_in,
    talking,
    variables,
)
from dialog.nodes.registry import NODES, Flow

__all__ = [
    "NODES",
    "Flow",
    "asking",
    "cards",
    "child_agents",
    "events",
    "handing_over",
    "http_requests",
    "knowledge",
    "loops",
    "operations",
    "parsing",
    "rating",
    "recognising",
    "redirects",
    "signing_in",
    "talking",
    "variables",
]
