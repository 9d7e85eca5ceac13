"""A report is not ok as soon as one problem is known, listed or not."""

from clawband.audit.report import Findings, Kind, Problem, Report

PROBLEM = Problem(Kind.EDITED, 3, 1, "something differs", "ask again")


def report(*problems):
    return Report(
        origin="a", key="", pinned=False, size=0, root=b"", proven=0, checkpoints=0,
        problems=problems,
    )  # fmt: skip


def test_ok_means_no_problem():
    assert report().ok
    assert not report(PROBLEM).ok


def test_findings_list_some_and_count_the_rest():
    findings = Findings(limit=2)
    for _ in range(5):
        findings.add(PROBLEM)
        findings.warn(PROBLEM)
    assert findings.problems == findings.warnings == [PROBLEM, PROBLEM]
    assert findings.unlisted == 3
