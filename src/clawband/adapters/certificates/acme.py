"""An authority that speaks ACME (RFC 8555): a small client, with answers over HTTP (§8.3)."""

import asyncio
import base64
import json
import ssl
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jws
from joserfc.jwk import ECKey

from clawband.adapters.certificates.answering import Answering
from clawband.adapters.certificates.pem import fresh, private, request
from clawband.model.errors import NotFoundError, UnavailableError
from clawband.model.tls import AcmeSettings, place
from clawband.ports.doors import Shown
from clawband.ports.vault import NEWEST, Vault

ACCOUNT: Final = "Acme::account"
"""Its key's place in the vault; no secret can have such a name."""
SECONDS = 300.0
"""For a whole order."""
PATIENCE = 20.0
LONGEST = 1 << 20
AGAIN = 3
"""With another nonce (§6.5)."""
PROBLEM = "urn:ietf:params:acme:error:"
_registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)


class AcmeAuthority:
    """Implements `ports.certificates.Acme`. The key of the account is in the vault."""

    def __init__(self, settings: AcmeSettings, vault: Vault, authorities: str = "") -> None:
        """`authorities`: a PEM file besides the machine's, for an authority of one's own."""
        self._settings, self._vault, self._authorities = settings, vault, authorities

    async def server(self, names: Sequence[str]) -> Shown:
        try:
            trust = ssl.create_default_context()
            if self._authorities:
                trust.load_verify_locations(cafile=self._authorities)
            async with asyncio.timeout(SECONDS), httpx.AsyncClient(
                verify=trust, timeout=PATIENCE, trust_env=False
            ) as http:  # fmt: skip
                account = _Account(http, await asyncio.to_thread(self._key))
                await account.sign_in(self._settings)
                return await self._ordered(account, names)
        except (OSError, TimeoutError, httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise _unusable(f"{type(error).__name__}: {str(error)[:200]}") from error

    async def _ordered(self, account: "_Account", names: Sequence[str]) -> Shown:
        asked = {"identifiers": [_identifier(each) for each in names]}
        order, where = await account.post(account.at["newOrder"], asked)
        for each in order["authorizations"]:
            await self._authorized(account, each)
        key = fresh()
        csr = request(key, names).public_bytes(Encoding.DER)
        await account.post(order["finalize"], {"csr": _b64(csr)})
        order = await account.settled(where)
        chain, _ = await account.post(order["certificate"], None)
        return Shown(chain["pem"].encode(), private(key))

    async def _authorized(self, account: "_Account", where: str) -> None:
        found, _ = await account.post(where, None)
        if found["status"] == "valid":
            return
        challenge = next((each for each in found["challenges"] if each["type"] == "http-01"), None)
        if challenge is None:
            raise _unusable("it offers no http-01")
        token = str(challenge["token"])
        answer = f"{token}.{account.key.thumbprint()}"
        async with Answering(*place(self._settings.listen), {token: answer}):
            await account.post(challenge["url"], {})
            await account.settled(where)

    def _key(self) -> ECKey:
        try:
            return ECKey.import_key(self._vault.read(ACCOUNT, NEWEST))
        except NotFoundError:
            pem = private(fresh())
            self._vault.write(ACCOUNT, pem)
            return ECKey.import_key(pem)


class _Account:
    """Signed requests with a nonce each. `at` is the directory."""

    def __init__(self, http: httpx.AsyncClient, key: ECKey) -> None:
        self._http, self.key = http, key
        self.at: Mapping[str, str] = {}
        self._who, self._nonce = "", ""

    async def sign_in(self, settings: AcmeSettings) -> None:
        """The account of this key, made when there is none."""
        self.at = (await self._http.get(settings.directory)).raise_for_status().json()
        asked: dict[str, object] = {"termsOfServiceAgreed": True}
        if settings.contact:
            asked["contact"] = [settings.contact]
        _, self._who = await self.post(self.at["newAccount"], asked)

    async def post(self, url: str, body: object) -> tuple[dict[str, Any], str]:
        """The answer and its location; without a body it asks for what is there (§6.3)."""
        payload = b"" if body is None else json.dumps(body).encode()
        for _ in range(AGAIN):
            answer = await self._sent(url, payload)
            self._nonce = answer.headers.get("replay-nonce", "")
            if answer.status_code < 400:
                return _read(answer), answer.headers.get("location", "")
            problem = _read(answer)
            if problem.get("type") != f"{PROBLEM}badNonce":
                break
        raise _unusable(f"{problem.get('type', '')} {problem.get('detail', '')}"[:300])

    async def settled(self, url: str) -> dict[str, Any]:
        """What it is once it waits for nothing any more."""
        while True:
            found, _ = await self.post(url, None)
            if found["status"] in ("valid", "ready"):
                return found
            if found["status"] not in ("pending", "processing"):
                raise _unusable(_why(found))
            await asyncio.sleep(1)

    async def _sent(self, url: str, payload: bytes) -> httpx.Response:
        if not url.startswith("https://"):
            raise _unusable("it names an address without https")
        if not self._nonce:
            begun = await self._http.head(self.at["newNonce"])
            self._nonce = begun.headers["replay-nonce"]
        header: dict[str, Any] = {"alg": "ES256", "nonce": self._nonce, "url": url}
        header |= {"kid": self._who} if self._who else {"jwk": self.key.as_dict(private=False)}
        signed = jws.serialize_json({"protected": header}, payload, self.key, registry=_registry)
        return await self._http.post(
            url, json=signed, headers={"content-type": "application/jose+json"}
        )


def _read(answer: httpx.Response) -> dict[str, Any]:
    if len(answer.content) > LONGEST:
        raise _unusable("its answer is too long")
    if "json" not in answer.headers.get("content-type", ""):
        return {"pem": answer.text}
    found = answer.json()
    if not isinstance(found, dict):
        raise _unusable("its answer is none")
    return found


def _identifier(name: str) -> dict[str, str]:
    """RFC 8738 for addresses."""
    try:
        return {"type": "ip", "value": str(ip_address(name))}
    except ValueError:
        return {"type": "dns", "value": name}


def _why(found: Mapping[str, Any]) -> str:
    told = [found.get("error"), *(each.get("error") for each in found.get("challenges", ()))]
    said = [str(each.get("detail", each.get("type"))) for each in told if isinstance(each, dict)]
    return f"{found['status']}: {'; '.join(said)}"[:300]


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unusable(why: str) -> UnavailableError:
    return UnavailableError(
        f"the authority of `[acme]` signed nothing: {why}",
        remedy="look at `directory`, and whether it reaches `listen` at port 80 of each name",
    )
