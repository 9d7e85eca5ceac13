"""What reading an agent's own files brings, and what is in every prompt anyway."""

from datetime import UTC, datetime, timedelta

from clawband.flows import places
from clawband.labels.lattice import NOTHING_READ
from clawband.model.access import Action, Facts, Principal, Request, Resource, ResourceKind
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.provenance import Place
from clawband.ports.unit import PutPlace
from tests.flows.deciding import KNOWN
from tests.simulators.keepers import OnlyMemory

AGENT = "sample/desk"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BAD = Label(Integrity.OUTSIDE, Confidentiality.INTERNAL, frozenset({"web_fetch:evil.example"}))
GOOD = Label(Integrity.PERSON, Confidentiality.PUBLIC, frozenset({"telegram:4242"}))
DECLARED = Label(Integrity.OUTSIDE, Confidentiality.PUBLIC, frozenset({"read"}))


def state(**written):
    memory = OnlyMemory()
    for number, (path, label) in enumerate(written.items()):
        memory.change(PutPlace(Place(
            agent=AGENT, path=path, label=label, decision=f"dec_{number}", payload="",
            at=NOON + timedelta(minutes=number),
        )))  # fmt: skip
    return memory


def result(tool, *named, text=""):
    return Request(
        principal=Principal("sample", "desk"), requester=KNOWN, action=Action.RESULT,
        resource=Resource(ResourceKind.TOOL, tool), arguments={"text": text},
        facts=Facts(named=frozenset(named)),
    )  # fmt: skip


def read(memory, *named, tool="read", text=""):
    return places.of_result(result(tool, *named, text=text), DECLARED, memory)


def test_a_file_written_in_a_tainted_session_taints_who_reads_it():
    memory = state(**{"notes/a.md": BAD})
    label = read(memory, "notes/a.md")
    assert label.integrity is Integrity.OUTSIDE
    assert label.confidentiality is Confidentiality.INTERNAL
    assert "web_fetch:evil.example" in label.sources


def test_a_file_known_to_be_clean_does_not():
    assert read(state(**{"notes/a.md": GOOD}), "notes/a.md").integrity is Integrity.SYSTEM


def test_a_file_nobody_knows_is_from_anywhere():
    assert read(state(), "notes/a.md").integrity is Integrity.OUTSIDE
    assert read(state(), "notes/AGENTS.md").integrity is Integrity.OUTSIDE


def test_what_is_in_every_prompt_anyway_is_no_worse_when_it_is_read():
    for path in ("AGENTS.md", "skills/x/SKILL.md", "skills/x/references/more.md"):
        assert read(state(), path).integrity is Integrity.SYSTEM
        assert read(state(**{path: BAD}), path).integrity is Integrity.OUTSIDE


def test_a_command_may_have_changed_any_note_before_it():
    memory = state(**{"notes/a.md": GOOD, places.ANYWHERE: BAD, "notes/b.md": GOOD})
    assert read(memory, "notes/a.md").integrity is Integrity.OUTSIDE
    assert read(memory, "notes/b.md").integrity is Integrity.SYSTEM


def test_one_bad_file_among_good_ones_counts():
    memory = state(**{"notes/a.md": GOOD, "notes/b.md": BAD})
    assert read(memory, "notes/a.md", "notes/b.md").integrity is Integrity.OUTSIDE


def test_other_names_of_the_same_file_are_known_too():
    memory = state(**{"notes/a.md": BAD, "/srv/claw/desk/notes/c.md": BAD})
    for name in ("Notes/A.md", "/srv/claw/desk/notes/a.md", "~/desk/notes/a.md", "notes/c.md"):
        assert "web_fetch:evil.example" in read(memory, name).sources, name
    assert "web_fetch:evil.example" not in read(memory, "other-notes/b.md").sources


def test_other_tools_are_only_made_worse():
    memory = state(**{"notes/a.md": GOOD, "notes/b.md": BAD})
    assert read(memory, "notes/a.md", tool="pdf").integrity is Integrity.OUTSIDE
    assert "web_fetch:evil.example" in read(memory, "notes/b.md", tool="pdf").sources


def test_a_search_of_memory_is_as_good_as_the_files_it_quotes():
    memory = state(**{"memory/a.md": GOOD, "memory/b.md": BAD})

    def search(text):
        return read(memory, tool="memory_search", text=text)

    assert search('{"results": []}').integrity is Integrity.SYSTEM
    assert search('{"results": [{"path": "memory/a.md"}]}').integrity is Integrity.SYSTEM
    assert search('{"results": [{"path": "memory/new.md"}]}').integrity is Integrity.OUTSIDE
    both = search('{"results": [{"path": "memory/a.md"}, {"path": "memory/b.md"}]}')
    assert "web_fetch:evil.example" in both.sources
    for broken in ('{"results": [{"pa', "plain text", '{"results": 7}', '{"results": [{}]}'):
        assert "web_fetch:evil.example" in search(broken).sources, broken


def test_what_stands_in_every_prompt_is_joined():
    assert places.standing(state(**{"notes/a.md": BAD, "memory/a.md": BAD}), AGENT) == NOTHING_READ
    label = places.standing(state(**{"AGENTS.md": BAD, "SOUL.md": GOOD}), AGENT)
    assert label.integrity is Integrity.OUTSIDE
    assert label.sources == {"AGENTS.md", "SOUL.md"}
    assert places.standing(state(**{"AGENTS.md": BAD}), "sample/other") == NOTHING_READ
