"""`clawband egress explain`: the decision about a URL, without a server and without connecting."""

import pytest

from tests.edges.cli.terminal import ROOT, Terminal

VECTORS = ROOT / "tests" / "network" / "vectors.toml"


@pytest.fixture
def sample(alone: Terminal) -> Terminal:
    """A terminal in a folder whose policy is the sample's, with a command that may connect."""
    folder = alone.folder / "policies"
    folder.mkdir()
    for file in (ROOT / "examples" / "workflows").iterdir():
        (folder / file.name).write_text(file.read_text())
    (folder / "builder.toml").write_text(BUILDER)
    (alone.folder / "clawband.toml").write_text('state = "s"\npolicies = "policies"\n')
    return alone


BUILDER = """
name = "builder"
owner = "platform@corp.example"
purpose = "build what is checked in"
environment = "dev"
agents = ["sample/builder"]
channels = ["webchat"]
replies = "allow"
reads = ["web_fetch"]
writes = ["exec"]
systems = []

[hosts]
web_fetch = ["docs.example", "cdn.example"]

[unsure]
then = "refuse"

[[egress]]
hosts = ["*.packages.example"]
tools = ["exec"]
addresses = ["10.9.0.0/16"]
"""


def test_a_public_address_is_allowed(alone):
    told = alone("egress", "explain", "https://a.example/x", "--dns", "a.example=93.184.215.14")
    assert told.code == 0, told
    assert "connects to 93.184.215.14 and nowhere else" in told.out
    assert told.out.endswith("allowed\n")


def test_an_address_inside_is_refused(alone):
    told = alone("egress", "explain", "https://A.example./x", "--dns", "A.example.=10.0.0.1")
    assert told.code == 1
    assert told.out.endswith("refused: private\n")


def test_without_addresses_it_depends_on_them(alone):
    told = alone("egress", "explain", "https://a.example/")
    assert (told.code, told.err) == (0, "")
    assert told.out.endswith("allowed if the addresses of a.example are: see --dns\n")


def test_every_redirect_is_checked(alone):
    told = alone(
        "egress", "explain", "http://a.example/", "--dns", "a.example=93.184.215.14",
        "--redirect", "/next", "--redirect", "http://169.254.169.254/", "--json",
    )  # fmt: skip
    assert told.code == 1
    assert (told.json["allowed"], told.json["outcome"]) == (False, "metadata")
    assert [step["check"] for step in told.json["steps"]] == [
        "form", "policy", "address", "redirect", "form", "policy", "address", "redirect", "form",
        "policy", "address",
    ]  # fmt: skip


def test_what_looks_like_a_credential_is_said(alone):
    told = alone("egress", "explain", "https://a.example/?api_key=s3cret&page=2")
    assert "what looks like a credential in api_key" in told.out


def test_control_characters_reach_no_terminal(alone):
    told = alone("egress", "explain", "http://a\x1b[2J\u202e.example/")
    assert told.code == 1
    assert not {"\x1b", "\u202e"} & set(told.out + told.err)


def test_the_gateway_has_its_standing_leases(sample):
    url = "http://model.sample.test/v1/chat/completions"
    told = sample(
        "egress", "explain", url, "--agent", "sample", "--dns", "model.sample.test=127.0.0.1"
    )
    assert told.code == 0, told
    assert "standing lease for the model provider" in told.out
    elsewhere = sample("egress", "explain", "http://other.test/", "--agent", "sample", "--json")
    assert (elsewhere.code, elsewhere.json["outcome"]) == (1, "egress/missing")


def test_a_command_may_connect_where_its_workflow_says(sample):
    asked = ("egress", "explain", "--agent", "sample/builder", "--tool", "exec", "--json")
    dns = ("--dns", "a.packages.example=10.9.0.7", "--dns", "b.packages.example=10.8.0.7")
    listed = sample(*asked, "https://a.packages.example/", *dns)
    assert (listed.code, listed.json["outcome"]) == (0, "allowed"), listed
    assert sample(*asked, "https://b.packages.example/", *dns).json["outcome"] == "private"
    assert sample(*asked, "https://evil.example/").json["outcome"] == "clawband/default-deny"
    assert sample(*asked, "https://a.packages.example:8443/").json["allowed"] is False


def test_a_tool_may_connect_where_its_call_may_and_follow_redirects_within_its_list(sample):
    asked = ("egress", "explain", "--agent", "sample/builder", "--tool", "web_fetch", "--json")
    assert sample(*asked, "https://docs.example/").json["outcome"] == "open"
    assert sample(*asked, "https://evil.example/").json["allowed"] is False
    dns = ("--dns", "docs.example=93.184.215.14")
    inside = sample(*asked, "https://docs.example/", *dns, "--redirect", "https://cdn.example/")
    assert inside.json["outcome"] == "open", inside
    outside = sample(*asked, "https://docs.example/", *dns, "--redirect", "https://evil.example/")
    assert outside.json["outcome"] == "clawband/default-deny"


def test_the_table_of_vectors(alone):
    told = alone("egress", "explain", "--file", str(VECTORS))
    assert (told.code, told.err) == (0, "")
    count = VECTORS.read_text().count("{ url =")
    assert count >= 220
    assert told.out.rstrip().splitlines()[-1].startswith(f"{count} vectors, ")
    rows = alone("egress", "explain", "--file", str(VECTORS), "--json").json
    assert [row["outcome"] for row in rows] == [row["expect"] for row in rows]


def test_an_unexpected_outcome_is_told(alone):
    file = alone.folder / "mine.toml"
    file.write_text('vectors = [{ url = "http://127.0.0.1/", expect = "allowed" }]')
    told = alone("egress", "explain", "--file", str(file))
    assert (told.code, told.err) == (1, "expected allowed, got loopback: http://127.0.0.1/\n")
    assert "1 vector, 1 refused, 1 unexpected" in told.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "expected a URL or --file"),
        (("https://a.example/", "--tool", "exec"), "expected --agent beside --tool"),
        (("https://a.example/", "--dns", "a.example"), "expected NAME=ADDRESS"),
        (("https://a.example/", "--agent", "sample/builder"), "expected --tool beside an agent"),
        (("https://a.example/", "--agent", "sample", "--tool", "exec"), "expected --tool beside"),
        (("https://a.example/", "--agent", "sample/builder", "--tool", "nope"), "no tool `nope`"),
    ],
)
def test_mistakes_are_told_with_a_remedy(sample, arguments, said):
    told = sample("egress", "explain", *arguments)
    assert told.code == 2
    assert said in told.err
    assert len(told.err.splitlines()) == 2


@pytest.mark.parametrize(
    "text", ["", "vectors = 1", "vectors = [{ dns = '' }]", "vectors = [{ url = 'x', more = 1 }]",
             "vectors = [{ url = 'x', networks = '10.0.0.1/8' }]", "["],
)  # fmt: skip
def test_a_file_that_is_none(alone, text):
    file = alone.folder / "mine.toml"
    file.write_text(text)
    told = alone("egress", "explain", "--file", str(file))
    assert told.code == 2
    assert "is no file of vectors" in told.err
