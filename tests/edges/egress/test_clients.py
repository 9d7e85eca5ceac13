"""Real clients that know nothing of us but the address of their proxy."""

import asyncio
import base64
import shutil
import sys

import pytest

from tests.edges.egress.proxying import proxying, story

FETCH = """
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode())
except OSError as error:
    print(error)
"""


def address(house):
    user, _, password = base64.b64decode(house.call().split()[2]).decode().partition(":")
    return f"http://{user}:{password}@127.0.0.1:{house.proxy.port}"


async def run(*command, **environment):
    process = await asyncio.create_subprocess_exec(
        *command, env={"PATH": "/usr/bin:/bin", **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await asyncio.wait_for(process.communicate(), 60)
    return told.decode()


@story
async def test_python_obeys_its_environment_and_is_told_what_is_refused(tmp_path):
    async with proxying(tmp_path) as house:
        proxies = {"http_proxy": address(house), "https_proxy": address(house)}

        async def fetch(url):
            return await run(sys.executable, "-I", "-c", FETCH, url, **proxies)

        assert (await fetch("http://web.test/python")).startswith("GET /python HTTP/1.1")
        assert "403" in await fetch("http://evil.test/")
        assert "403" in await fetch("https://evil.test/")


@story
async def test_curl_keeps_its_connection_uploads_and_reads_why(tmp_path):
    if not shutil.which("curl"):
        pytest.skip("there is no curl")
    async with proxying(tmp_path) as house:
        page, proxy = tmp_path / "page", address(house)
        page.write_text("what is sent")
        curl = ("curl", "-sS", "--max-time", "20", "--proxy", proxy)
        told = await run(*curl, "http://web.test/one", "http://web.test/two")
        assert "GET /one" in told and "GET /two" in told
        told = await run(*curl, "--proxytunnel", "http://web.test/one", "http://web.test/two")
        assert "GET /one" in told and "GET /two" in told
        told = await run(*curl, "--upload-file", str(page), "http://web.test/up")
        assert told.startswith("PUT /up") and told.endswith("what is sent")
        assert '"decision": "dec_' in await run(*curl, "http://evil.test/")
        assert "403" in await run(*curl, "https://evil.test/")
        assert len(await house.events("decision:deny")) == 2
