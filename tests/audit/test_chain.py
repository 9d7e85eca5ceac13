"""The root against the file's checkpoints and the auditor's, and where it says the damage is."""

from clawband.audit.chain import Chain
from clawband.audit.report import Findings, Kind
from tests.audit.small_log import OWNER, SmallLog

LOG = SmallLog.of(10)
OTHER = SmallLog.of(10, said="no")


def chain(*kept):
    findings = Findings()
    new = Chain(findings)
    for number, note in enumerate(kept, 1):
        new.keep(number, note, OWNER.key)
    return new, findings


def append(tree, leaves):
    for body in leaves:
        tree.append(body)


def told(findings):
    return [(problem.kind, problem.leaf, problem.what) for problem in findings.problems]


def test_a_checkpoint_holds_for_exactly_the_leaves_before_it():
    tree, findings = chain()
    append(tree, LOG.leaves[:4])
    assert tree.meet(LOG.head(4), OWNER.key, 6)
    append(tree, LOG.leaves[4:])
    assert (tree.size, tree.proven, tree.held) == (10, 4, 1)
    assert tree.meet(LOG.head(), OWNER.key, 13)
    tree.finish(sealed=True)
    assert (tree.proven, tree.held, findings.problems) == (10, 2, [])


def test_an_edit_is_between_the_last_that_holds_and_the_first_that_does_not():
    tree, findings = chain()
    append(tree, LOG.leaves[:4])
    tree.meet(LOG.head(4), OWNER.key, 6)
    append(tree, [*LOG.leaves[4:6], OTHER.leaves[6], LOG.leaves[7]])
    assert not tree.meet(LOG.head(8), OWNER.key, 11)
    append(tree, LOG.leaves[8:])
    assert not tree.meet(LOG.head(), OWNER.key, 14)
    assert told(findings) == [
        (
            Kind.EDITED,
            4,
            "the first 8 leaves do not have the root that was signed; "
            "the fault is in leaves 4 to 7, and a root cannot tell which leaf",
        )
    ]


def test_a_checkpoint_in_the_wrong_place():
    tree, findings = chain()
    append(tree, LOG.leaves[:3])
    assert not tree.meet(LOG.head(4), OWNER.key, 5)
    what = "a checkpoint over 4 leaves stands after 3; the fault is in leaves 0 to 3"
    assert told(findings) == [(Kind.CHECKPOINT, 0, what)]


def test_two_checkpoints_of_one_size_that_differ():
    tree, findings = chain()
    append(tree, LOG.leaves)
    assert tree.meet(LOG.head(), OWNER.key, 12)
    assert not tree.meet(OTHER.head(), OWNER.key, 12)
    ((kind, leaf, what),) = told(findings)
    assert (kind, leaf) == (Kind.EDITED, 10)
    assert "another one holds for the same leaves" in what


def test_kept_checkpoints_of_every_size_are_met():
    tree, findings = chain(LOG.head(0), LOG.head(3), LOG.head(10))
    tree.meet_kept()
    append(tree, LOG.leaves)
    tree.finish(sealed=True)
    assert (tree.held, tree.proven, findings.problems) == (3, 10, [])


def test_a_fork_is_named_when_both_histories_are_signed():
    tree, findings = chain(LOG.head(2), OTHER.head(7))
    append(tree, LOG.leaves)
    tree.finish(sealed=tree.meet(LOG.head(), OWNER.key, 12))
    what = (
        "the same key signed two histories: your checkpoint over 7 leaves has another root; "
        "the difference is in leaves 2 to 6"
    )
    assert told(findings) == [(Kind.FORKED, 2, what)]


def test_the_auditors_own_evidence_of_a_fork():
    tree, findings = chain(LOG.head(7), OTHER.head(7))
    append(tree, LOG.leaves)
    tree.finish(sealed=tree.meet(LOG.head(), OWNER.key, 12))
    ((kind, leaf, what),) = told(findings)
    assert (kind, leaf) == (Kind.FORKED, 7)
    assert "your checkpoint over 7 leaves contradicts another one that holds" in what


def test_a_kept_checkpoint_beyond_the_end():
    for sealed, kind in ((True, Kind.REPLAYED), (False, Kind.TRUNCATED)):
        tree, findings = chain(LOG.head(10))
        append(tree, LOG.leaves[:6])
        tree.finish(sealed=sealed)
        ((found, leaf, what),) = told(findings)
        assert (found, leaf) == (kind, 6)
        assert what.startswith("your checkpoint covers 10 leaves, this export ends after 6")


def test_a_kept_note_that_is_none_is_named_by_its_number():
    _, findings = chain(LOG.head(), "rubbish")
    ((kind, leaf, what),) = told(findings)
    assert (kind, leaf) == (Kind.CHECKPOINT, None)
    assert what == "earlier checkpoint 2 cannot be used: the note does not end in a newline"


def test_a_long_file_is_hashed_in_batches():
    log = SmallLog.of(1300)
    tree, findings = chain(log.head(600))
    append(tree, log.leaves)
    assert tree.meet(log.head(), OWNER.key, 1302)
    assert findings.problems == []
