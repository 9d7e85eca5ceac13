"""The drawn pipeline counts what the log has."""

from datetime import UTC, datetime

from clawband.edges.console import pipeline
from clawband.model.event import Event, Leaf, Tag

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def leaf(index, tag, action="tool:read", **fields):
    detail = {"payload": "sha256:00", **fields.pop("detail", {})}
    event = Event(id=f"evt_{index}", at=NOW, tag=tag, action=action, detail=detail, **fields)
    return Leaf(index, b"", event)


LEAVES = [
    leaf(0, Tag.DECISION_PERMIT, "message:receive", detail={"integrity": 2}),
    leaf(1, Tag.DECISION_PERMIT, resource="Tool::crm_read", detail={"integrity": 2}),
    leaf(2, Tag.DECISION_PERMIT, resource="Tool::crm_read", detail={"preview": True}),
    leaf(3, Tag.DECISION_DENY),
    leaf(4, Tag.DECISION_HOLD, "tool:pay"),
    leaf(5, Tag.APPROVAL_REFUSE),
    leaf(6, Tag.CALL_FINISH, outcome="ok"),
    leaf(7, Tag.CALL_FINISH, outcome="error"),
]


def test_every_stage_counts_its_own():
    stages = {each.name: each for each in pipeline.stages(LEAVES, malformed=3, sealed=6)}
    counts = {name: (each.count, each.stopped) for name, each in stages.items()}
    assert counts == {
        "input": (7, 0),
        "validation": (4, 3),
        "labels": (2, 0),
        "policy": (2, 1),
        "approval": (1, 1),
        "action": (1, 1),
        "audit": (6, 2),
    }


def test_a_preview_is_no_use():
    assert pipeline.used(LEAVES)["crm_read"] == 1


def test_both_drawings_hold_every_box():
    stages = pipeline.stages(LEAVES, 0, 0)
    for drawing in (pipeline.lying(stages), pipeline.standing(stages)):
        assert [box.stage.name for box in drawing.boxes] == [stage.name for stage in stages]
        for box in drawing.boxes:
            assert 0 <= box.x <= drawing.width - drawing.box_width
            assert 0 <= box.y <= drawing.height - drawing.box_height
