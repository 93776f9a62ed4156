"""The embedded engagement hub: the other side of the custom hub contract, an app of its own."""
