import socket

from gateway.server import bound


def test_answers_do_not_wait_for_an_acknowledgement() -> None:
    """Connections inherit TCP_NODELAY: without it a turn took 44 ms instead of one."""
    with bound("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
