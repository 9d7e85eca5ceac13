"""What each tool does: the catalogue, manifests, and the wrapper of tool search."""

import pytest

from clawband.model.access import Action, ResourceKind
from clawband.model.deployment import Tool, Workflow
from clawband.model.errors import InvariantError
from clawband.openclaw import tools

CATALOGUE = tools.catalogue()
WORKFLOW = Workflow(
    name="w", owner="o", purpose="p", environment="dev", agents=(), channels=(), reads=(),
    writes=(), systems=(),
    tools={
        "refund": Tool(name="refund", effect="tool:pay", amount="amount"),
        "exec": Tool(name="exec", effect="tool:read"),
        "odd": Tool(name="odd", effect="message:send"),
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("read", Action.READ),
        ("write", Action.WRITE),
        ("apply_patch", Action.WRITE),
        ("exec", Action.EXECUTE),
        ("process", Action.EXECUTE),
        ("browser", Action.EXECUTE),
        ("message", Action.SEND),
        ("gateway", Action.CONFIGURE),
        ("cron", Action.CONFIGURE),
        ("refund", Action.PAY),
    ],
)
def test_declared_tools_are_what_they_are_declared_to_be(name, action):
    got, resource, _ = tools.classify(name, {}, WORKFLOW, CATALOGUE)
    assert got is action
    assert (resource.kind, resource.id) == (ResourceKind.TOOL, name)


@pytest.mark.parametrize(
    "name",
    ["frobnicate", "", "Exec", " exec", "exec ", "exec\u200b", "tool_call", "odd", "__class__"],
)
def test_everything_else_is_unknown(name):
    action, resource, found = tools.classify(name, {"path": "a"}, WORKFLOW, CATALOGUE)
    assert action is Action.UNKNOWN
    assert resource.id == name
    assert found.paths == frozenset()
    assert found.size > 0


def test_a_manifest_cannot_play_a_built_in_tool_down():
    exec_tool = tools.declared("exec", WORKFLOW, CATALOGUE)
    assert exec_tool is not None
    assert exec_tool.effect == "tool:execute"
    assert tools.declared("refund", None, CATALOGUE) is None


def test_arguments_become_facts():
    _, _, found = tools.classify("web_fetch", {"url": "https://a.example/"}, None, CATALOGUE)
    assert found.hosts == {"a.example"}


def test_the_older_name_of_an_argument_counts_too():
    _, _, found = tools.classify("write", {"file_path": "a", "path": "b"}, None, CATALOGUE)
    assert found.paths == {"a", "b"}


@pytest.mark.parametrize(
    ("params", "name", "inner"),
    [
        ({"id": "refund", "args": {"amount": 1}}, "refund", {"amount": 1}),
        ({"id": "openclaw:core:exec", "args": {"command": "x"}}, "exec", {"command": "x"}),
        ({"name": "refund", "args": {}}, "refund", {}),
        ({"id": "refund", "amount": 1}, "refund", {"amount": 1}),
        ({"id": "refund", "args": "x"}, "tool_call", {"id": "refund", "args": "x"}),
        ({"id": 5, "name": "refund"}, "tool_call", {"id": 5, "name": "refund"}),
        ({}, "tool_call", {}),
    ],
)
def test_the_wrapper_is_what_it_wraps(params, name, inner):
    assert tools.is_wrapper("tool_call")
    assert not tools.is_wrapper("tool_search")
    assert tools.unwrap(params) == (name, inner)


@pytest.mark.parametrize(
    ("call", "outer"),
    [
        ("tool_search_code:call_1:exec:1", "call_1"),
        ("tool_search_code:a:b:exec:12", "a:b"),
        ("call_1", ""),
        ("", ""),
    ],
)
def test_the_outer_call_is_read_off_the_inner_id(call, outer):
    assert tools.outer_call(call) == outer


@pytest.mark.parametrize(
    "entry",
    ['x = { effect = "fly" }', 'x = { effect = "unknown" }', "x = {}",
     'x = { effect = "read", pathes = ["a"] }'],
)  # fmt: skip
def test_a_wrong_catalogue_is_our_defect(entry):
    with pytest.raises(InvariantError):
        tools.load(f"[tools]\n{entry}")


KINDS = ("hosts", "paths", "recipients", "ids", "accounts", "commands", "names", "dates")


@pytest.mark.parametrize("tool", CATALOGUE.values(), ids=lambda tool: tool.name)
def test_every_argument_has_one_meaning(tool):
    """Only an address or a file may be under both; a patch names files in its text."""
    named = [key.removesuffix("?") for kind in (*KINDS, "contents") for key in getattr(tool, kind)]
    twice = {key for key in named if named.count(key) > 1}
    either = {key.removesuffix("?") for key in tool.hosts} & {
        key.removesuffix("?") for key in tool.paths
    }
    assert twice == (either or ({"input"} if tool.name == "apply_patch" else set()))


def test_an_entry_may_say_all_a_tool_means():
    entry = (
        'effect = "pay"\nclearance = "internal"\namount = "sum"\naccounts = ["to.iban"]\n'
        'ids = ["order"]\ncommands = ["c"]\nnames = ["n"]\ndates = ["d"]\ncontents = ["note"]\n'
        'attested = ["id"]\n'
    )
    expected = Tool(
        name="x", effect="tool:pay", clearance=1, amount="sum", accounts=("to.iban",),
        ids=("order",), commands=("c",), names=("n",), dates=("d",), contents=("note",),
        attested=("id",),
    )  # fmt: skip
    assert tools.load(f"[tools.x]\n{entry}") == {"x": expected}


@pytest.mark.parametrize(
    ("name", "params", "hosts", "paths", "recipients"),
    [
        ("message", {"target": "4242", "media": "https://a.example/x"}, {"a.example"}, set(),
         {"4242"}),
        ("message", {"chat_id": 7, "attachments": [{"file_path": "/etc/passwd"}]}, set(),
         {"/etc/passwd"}, {"7"}),
        ("nodes", {"action": "status", "gateway_url": "wss://x.example"}, {"x.example"}, set(),
         set()),
        ("exec", {"command": "ls", "workdir": ""}, set(), set(), set()),
        ("exec", {"command": "ls", "cwd": "/srv"}, set(), {"/srv"}, set()),
        ("view_image", {"paths": ["a.png", "https://a.example/b.png"]}, {"a.example"}, {"a.png"},
         set()),
        ("automations", {"action": "add", "job": {"delivery": {"to": "X", "mode": "announce"}}},
         set(), set(), {"x"}),
        ("browser", {"action": "act", "request": {"url": "https://a.example"}}, {"a.example"},
         set(), set()),
    ],
)  # fmt: skip
def test_what_real_calls_name(name, params, hosts, paths, recipients):
    _, _, found = tools.classify(name, params, None, CATALOGUE)
    assert (found.hosts, found.paths, found.recipients) == (hosts, paths, recipients)


def test_every_core_tool_of_the_release_is_in_the_catalogue():
    """The names of OpenClaw 2026.9.6's own catalogue; a new release is compared with this list."""
    missing = set(CORE_TOOLS.split()) - set(CATALOGUE)
    assert missing == set()


CORE_TOOLS = """
ls read write edit apply_patch exec process code_execution secrets web_search web_fetch x_search
memory_search memory_get sessions sessions_list sessions_history sessions_search
conversations_list conversations_send conversations_turn sessions_send sessions_spawn
github_identity_status github_publish agents_wait sessions_yield subagents session_status
suggest_task dismiss_task browser screen theme dashboard terminal portal canvas show_widget message
heartbeat_respond automations gateway plugins openclaw nodes computer mobile_ui agents_list
get_goal create_goal update_goal progress_card ask_user skill_workshop view_image image_generate
music_generate video_generate tts pdf tool_search tool_describe tool_search_code
transcripts talk_voice node_inference intent file_fetch file_write dir_fetch dir_list
"""
