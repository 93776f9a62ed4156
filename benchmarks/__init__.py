"""What Baton costs, beside the bare engine: `make bench`, or `python -m benchmarks --json FILE`.

Every figure of speed is taken in the same run as two bare engines, in turns, because a machine's speed is not its own:
(a) a workflow whose update handler does nothing, called directly; (b) the same behind HTTP and a WebSocket. The load
generator is a process of its own and speaks HTTP with a few lines over a socket, so that it is not what is measured.
"""
