"""The timetable: seal checkpoints, expire approvals, notice silence."""
