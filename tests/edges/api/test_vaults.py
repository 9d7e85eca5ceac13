"""Vaults over the API: never a value, and nothing of environments that one may not look at."""

from clawband.model.vaults import SecretsSettings, VaultSettings
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story

ADDED = {
    "name": "crm/key", "environment": "dev", "kind": "k", "purpose": "p", "vault": "run",
    "place": "crm",
}  # fmt: skip


@story
async def test_vaults_are_told_checked_and_wrapped_anew(tmp_path):
    (tmp_path / "run").mkdir()
    given = VaultSettings(name="run", kind="files", environment="dev", folder=str(tmp_path / "run"))
    async with calling(tmp_path, kept=SecretsSettings(vaults=(given,))) as caller:
        path = tmp_path / "run" / "crm"
        path.touch(0o600)
        path.write_bytes(b"hunter2-hunter2")
        added = await caller.operate("POST", "/secrets", ADDED, role="builder")
        assert added.json()["secret"]["versions"][0]["state"] == "current"
        told = (await caller.operate("GET", "/vaults")).json()
        assert [each["name"] for each in told["vaults"]] == ["own", "run"]
        assert told["master"]["behind"] == 0
        path.write_bytes(b"hunter3-hunter3")
        checked = await caller.operate("POST", "/vaults/check", {}, role="builder")
        (version,) = checked.json()["versions"]
        assert "another value" in version["problem"]
        refreshed = await caller.operate("POST", "/secret-refresh/crm/key", {}, role="builder")
        assert refreshed.json()["secret"]["versions"][0]["by"] == "builder"
        wrapped = await caller.operate("POST", "/vaults/rewrap", {"again": True}, role="builder")
        assert wrapped.json()["damaged"] == 0
        for answer in (added, checked, refreshed, wrapped):
            assert "hunter" not in answer.text
        is_problem(await caller.operate("POST", "/vaults/rewrap", {}, role="operator"), 403)
        is_problem(await caller.operate("POST", "/vaults/rewrap", {"x": 1}, role="builder"), 400)


@story
async def test_what_the_master_key_wraps_is_counted(tmp_path):
    async with calling(tmp_path, kept=SecretsSettings()) as caller:
        own = {key: value for key, value in ADDED.items() if key not in ("vault", "place")}
        await caller.operate("POST", "/secrets", own, role="builder")
        value = {"value": "hunter2-hunter2"}
        set_ = await caller.operate("POST", "/secret-values/crm/key", value, role="builder")
        assert set_.status_code == 200, set_.text
        told = (await caller.operate("GET", "/vaults")).json()["master"]
        assert (told["wrapped"], told["behind"]) == ({told["id"]: 1}, 0)
