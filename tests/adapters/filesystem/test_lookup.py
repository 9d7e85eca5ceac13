"""What paths lead to on this machine."""

import os
import shutil
import subprocess
import sys

import pytest

from clawband.adapters.filesystem import lookup, own
from clawband.adapters.filesystem.guarded import Guarded
from clawband.adapters.filesystem.lookup import MachineFiles
from clawband.model.gateways import GatewaySettings
from clawband.openclaw.files import Reference
from clawband.ports.machine import Ground, View
from clawband.settings import Settings
from tests.simulators.guarded_machine import guarded_machine

NOTHING = frozenset()
UNCLEAR = {Ground.UNRESOLVABLE}


@pytest.fixture
def machine(tmp_path):
    return guarded_machine(tmp_path / "m")


def test_what_the_gateway_gives_agents_to_read_is_open_for_that(machine):
    state = machine.root / "gw/state"
    for path in (
        state / "media/inbound/a.png",
        state / "skills/mail/SKILL.md",
        machine.root / "gw/plugin/skills/x/SKILL.md",
    ):
        assert machine.leads_to(str(path)) == NOTHING
        assert machine.leads_to(str(path), reads=False)
    assert machine.leads_to("media://inbound/a.png") == NOTHING
    assert machine.leads_to("media://inbound/../../openclaw.json") == UNCLEAR


def test_an_agent_works_in_its_workspace_also_below_a_guarded_folder(machine):
    below = machine.root / "gw/state/workspace"
    assert machine.leads_to("notes.md", workspace=below, reads=False) == NOTHING
    assert machine.leads_to("../openclaw.json", workspace=below) == {Ground.CONFIG}
    assert machine.leads_to("../agents/main/auth.sqlite", workspace=below) == {Ground.STATE}


def test_a_folder_of_the_gateway_becomes_no_workspace_because_somebody_says_so(machine):
    for folder in ("gw/state", "gw/state/agents", "gw/state/agents/main", "gw/plugin", "cb/keys"):
        found = machine.leads_to("x", workspace=machine.root / folder, reads=False)
        assert found and found <= {Ground.STATE, Ground.PLUGIN, Ground.CLAWBAND}


def test_a_workspace_around_the_gateway_does_not_open_it(machine):
    assert machine.leads_to("gw/state/openclaw.json", workspace=machine.root) == {Ground.CONFIG}
    assert machine.leads_to("else/free.txt", workspace=machine.root) == NOTHING


def test_a_tool_that_takes_whole_folders_is_held_above_a_guarded_one(machine):
    assert machine.leads_to(str(machine.root)) == NOTHING
    assert machine.leads_to(str(machine.root), whole=True)
    assert machine.leads_to("/", whole=True)
    assert machine.leads_to(".", whole=True) == NOTHING


def test_a_text_that_only_looks_like_a_path_is_refused_only_where_it_leads_somewhere(machine):
    assert machine.leads_to("/proc/self/root", sure=False) == NOTHING
    assert machine.leads_to(str(machine.root / "gw/token"), sure=False) == {Ground.CREDENTIALS}


def test_without_a_home_nothing_is_said_of_it(machine):
    assert machine.leads_to("~/x", home="") == UNCLEAR
    assert machine.leads_to("~/x") == NOTHING


def test_of_a_gateway_elsewhere_only_the_workspace_is_known(machine):
    files = MachineFiles({str(machine.root / "cb"): Ground.CLAWBAND}, {"far": Guarded()})
    view = View(gateway="far", workspaces=("/srv/agents/support",))

    def far(text, view=view):
        return files.protected([Reference(text=text)], view)

    assert far("notes.md") == far("/srv/agents/support/a/../notes.md") == NOTHING
    assert far("../lead/notes.md") == far("/etc/hosts") == UNCLEAR
    assert far("notes.md", View(gateway="far")) == UNCLEAR
    assert far(str(machine.root / "cb/keys/log.key")) == {Ground.CLAWBAND}
    named = MachineFiles({}, {"far": Guarded(config="/none/openclaw.json")})
    assert named.protected([Reference(text="/etc/hosts")], view) == UNCLEAR


def test_a_configuration_that_cannot_be_read_guards_its_folder(machine):
    config = machine.root / "gw/state/openclaw.json"
    config.write_text("{ // with a comment\n}")
    files = MachineFiles({}, {"sample": Guarded(config=str(config))})
    view = View(gateway="sample", workspaces=(str(machine.workspace),))
    assert files.protected([Reference(text="../gw/state/x")], view) == {Ground.STATE}


def test_a_changed_configuration_is_noticed(machine):
    config = machine.root / "gw/state/openclaw.json"
    files = MachineFiles({}, {"sample": Guarded(config=str(config))}, fresh=0)
    view = View(gateway="sample", workspaces=(str(machine.workspace),))
    new = [Reference(text="../else/index.js")]
    assert files.protected(new, view) == NOTHING
    config.write_text('{"plugins": {"load": {"paths": ["../../else"]}}}')
    assert files.protected(new, view) == {Ground.PLUGIN}


def test_a_file_with_several_names_that_are_all_free_is_free(machine):
    (machine.workspace / "a").write_text("x")
    os.link(machine.workspace / "a", machine.workspace / "b")
    assert machine.leads_to("a") == machine.leads_to("b") == NOTHING


def test_more_files_than_are_looked_through_is_unclear(machine):
    config = str(machine.root / "gw/state/openclaw.json")
    os.link(machine.root / "else/free.txt", machine.workspace / "a")
    view = View(gateway="sample", workspaces=(str(machine.workspace),))
    for most, expected in ((100, NOTHING), (3, UNCLEAR)):
        files = MachineFiles({}, {"sample": Guarded(config=config)}, most=most)
        assert files.protected([Reference(text="a")], view) == expected


def test_a_guess_does_not_hide_what_it_also_leads_to(machine):
    """`~/x` has a reading below the workspace and one that nobody knows."""
    machine.link("~", machine.root / "gw")
    assert machine.leads_to("~/token", home="") == UNCLEAR
    assert machine.leads_to("~/token", sure=False) == {Ground.CREDENTIALS}


def test_a_folder_mounted_a_second_time_is_the_same_folder(machine, tmp_path):
    if sys.platform != "linux" or os.geteuid() or not shutil.which("mount"):
        pytest.skip("mounting needs root on Linux")
    again = machine.workspace / "again"
    again.mkdir()
    done = subprocess.run(
        ["mount", "--bind", machine.root / "gw/state", again], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("this machine does not allow a mount")
    try:
        assert machine.leads_to("again/openclaw.json") == {Ground.CONFIG}
        assert machine.leads_to("again/agents/new", reads=False) == {Ground.STATE}
    finally:
        subprocess.run(["umount", again], check=True)


def test_settings_guard_clawband_itself(tmp_path):
    settings = Settings(
        state=tmp_path / "var",
        policies=tmp_path / "policies",
        gateways=(GatewaySettings(name="sample", config=str(tmp_path / "openclaw.json")),),
    )
    view = View(gateway="sample", workspaces=(str(tmp_path / "ws"),))
    guarded = ["../var/keys/x", "../policies/x.toml", "../clawband.toml", lookup.__file__]
    if sys.prefix != sys.base_prefix:
        guarded.append(f"{sys.prefix}/pyvenv.cfg")
    for text in guarded:
        assert own.of(settings).protected([Reference(text=text)], view) == {Ground.CLAWBAND}
