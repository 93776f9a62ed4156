"""A worker that has lost track of a conversation ends, so that it is started afresh."""

import logging

import pytest

from workflows import lost_track


def test_the_cores_sign_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that sign: a worker does not end because Temporal is away for a while."""
    ended: list[int] = []
    monkeypatch.setattr("os._exit", ended.append)
    watch = lost_track._Watch()
    watch.handle(logging.makeLogRecord({"msg": "gRPC call poll_workflow_task_queue retried 9 times"}))
    assert ended == []
    said = "Error while completing workflow activation {'error': 'BadUpdateWorkflowExecutionMessage: invalid state'}"
    watch.handle(logging.makeLogRecord({"msg": said}))
    assert ended == [lost_track.STARTS_AFRESH]
