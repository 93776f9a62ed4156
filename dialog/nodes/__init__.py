"""The nodes of the topic language, by idea; importing this registers all of them."""

from dialog.nodes import asking, handing_over, outside, redirects, talking, variables
from dialog.nodes.registry import NODES, Flow

__all__ = ["NODES", "Flow", "asking", "handing_over", "outside", "redirects", "talking", "variables"]
