"""The launcher is for Linux, with Landlock and supervised system calls."""

import sys

import pytest

from tests.conftest import IN_CI

if not sys.platform.startswith("linux"):
    collect_ignore_glob = ["*"]
else:
    from clawband.launcher.probe import landlock, supervision
    from tests.simulators.launch_server import LaunchServer

    @pytest.fixture
    def server(tmp_path):
        if not IN_CI and not (landlock() >= 6 and supervision()):
            pytest.skip("this kernel has no Landlock of ABI 6, or no supervised system calls")
        workspace = tmp_path / "workspace"
        workspace.mkdir()
        with LaunchServer(workspace) as server:
            yield server
