"""Labelled texts: secrets of many kinds where people leave them, and what only looks like one.

Everything is made from a seed in the form its issuer documents; nothing was ever issued. One text
is one file, so that tools which report lines, keys or nothing but a name can be compared.
"""

import base64
import json
import random  # noqa: TID251 - the same texts for everybody, from a seed
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

B62 = string.ascii_letters + string.digits
URL = B62 + "-_"
HEX = "0123456789abcdef"
LOW = string.ascii_lowercase + string.digits
UP = string.ascii_uppercase + string.digits
B32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
B64 = B62 + "+/"


@dataclass(frozen=True, slots=True)
class Text:
    """`kind` is empty when there is no secret in it."""

    name: str
    kind: str
    body: str


# Kind, name in front of it, and its form: `{alphabet:length}` is random, the rest is as it stands.
FORMS: dict[str, tuple[str, str]] = {
    "airtable": ("AIRTABLE_TOKEN", "pat{b62:14}.{hex:64}"),
    "alibaba": ("ALIBABA_ACCESS_KEY_ID", "LTAI5t{b62:18}"),
    "anthropic": ("ANTHROPIC_API_KEY", "sk-ant-api03-{url:93}AA"),
    "asana": ("ASANA_TOKEN", "1/12{dig:14}:{hex:32}"),
    "aws id": ("AWS_ACCESS_KEY_ID", "AKIA{b32:16}"),
    "aws secret": ("AWS_SECRET_ACCESS_KEY", "{b64:40}"),
    "azure storage": ("AccountKey", "{b64:86}=="),
    "braintree": ("BRAINTREE", "access_token$production${low:16}${hex:32}"),
    "brevo": ("BREVO_KEY", "xkeysib-{hex:64}-{b62:16}"),
    "clawband": ("CLAWBAND_TOKEN", "cbk_{up:12}_{hex:64}"),
    "clickup": ("CLICKUP_TOKEN", "pk_{dig:8}_{up:32}"),
    "crates.io": ("CARGO_REGISTRY_TOKEN", "cio{b62:32}"),
    "databricks": ("DATABRICKS_TOKEN", "dapi{hex:32}"),
    "digitalocean": ("DIGITALOCEAN_TOKEN", "dop_v1_{hex:64}"),
    "discord bot": ("DISCORD_TOKEN", "MT{b62:24}.G{b62:5}.{url:38}"),
    "docker hub": ("DOCKER_PAT", "dckr_pat_{url:27}"),
    "doppler": ("DOPPLER_TOKEN", "dp.pt.{b62:43}"),
    "dropbox": ("DROPBOX_TOKEN", "sl.{url:136}"),
    "dynatrace": ("DT_API_TOKEN", "dt0c01.{up:24}.{up:64}"),
    "figma": ("FIGMA_TOKEN", "figd_{url:40}"),
    "fireworks": ("FIREWORKS_API_KEY", "fw_{b62:24}"),
    "fly": ("FLY_API_TOKEN", "fo1_{url:43}"),
    "github fine": ("GH_TOKEN", "github_pat_{b62:22}_{b62:59}"),
    "gitlab": ("GITLAB_TOKEN", "glpat-{url:20}"),
    "gitlab runner": ("RUNNER_TOKEN", "glrt-{url:20}"),
    "google api": ("GOOGLE_API_KEY", "AIza{url:35}"),
    "google client": ("GOOGLE_CLIENT_SECRET", "GOCSPX-{url:28}"),
    "grafana": ("GRAFANA_TOKEN", "glsa_{b62:32}_{hex:8}"),
    "groq": ("GROQ_API_KEY", "gsk_{b62:52}"),
    "heroku": ("HEROKU_API_KEY", "HRKU-AA{url:58}"),
    "hubspot": ("HUBSPOT_TOKEN", "pat-na1-{uuid}"),
    "hugging face": ("HF_TOKEN", "hf_{let:34}"),
    "linear": ("LINEAR_API_KEY", "lin_api_{b62:40}"),
    "mailgun": ("MAILGUN_API_KEY", "key-{hex:32}"),
    "mailchimp": ("MAILCHIMP_API_KEY", "{hex:32}-us14"),
    "meta": ("META_TOKEN", "EAA{b62:120}"),
    "netlify": ("NETLIFY_TOKEN", "nfp_{b62:36}"),
    "new relic": ("NEW_RELIC_API_KEY", "NRAK-{up:27}"),
    "notion": ("NOTION_TOKEN", "ntn_{b62:46}"),
    "npm": ("NPM_TOKEN", "{npm}"),
    "nuget": ("NUGET_API_KEY", "oy2{low:43}"),
    "openai": ("OPENAI_API_KEY", "sk-proj-{url:74}T3BlbkFJ{url:74}"),
    "openrouter": ("OPENROUTER_API_KEY", "sk-or-v1-{hex:64}"),
    "password": ("DB_PASSWORD", "{let:5}-{dig:3}-{let:6}!"),
    "named secret": ("CLIENT_SECRET", "{b62:36}"),
    "signing secret": ("WEBHOOK_SIGNING_SECRET", "{b64:43}="),
    "perplexity": ("PPLX_KEY", "pplx-{b62:48}"),
    "plaid": ("PLAID_ACCESS_TOKEN", "access-production-{uuid}"),
    "planetscale": ("PSCALE_TOKEN", "pscale_tkn_{url:43}"),
    "postgres url": ("DATABASE_URL", "postgresql://app:{b62:18}@db.internal:5432/shop"),
    "https url": ("REPORTS_URL", "https://reports:{b62:18}@intranet.test/q3"),
    "postman": ("POSTMAN_API_KEY", "PMAK-{hex:24}-{hex:34}"),
    "pulumi": ("PULUMI_ACCESS_TOKEN", "pul-{hex:40}"),
    "pypi": ("TWINE_PASSWORD", "pypi-AgEIcHlwaS5vcmc{url:150}"),
    "replicate": ("REPLICATE_API_TOKEN", "r8_{b62:37}"),
    "resend": ("RESEND_API_KEY", "re_{b62:8}_{b62:24}"),
    "rubygems": ("GEM_HOST_API_KEY", "rubygems_{hex:48}"),
    "sendgrid": ("SENDGRID_API_KEY", "SG.{url:22}.{url:43}"),
    "shippo": ("SHIPPO_TOKEN", "shippo_live_{hex:40}"),
    "shopify": ("SHOPIFY_TOKEN", "shpat_{hex:32}"),
    "slack bot": ("SLACK_BOT_TOKEN", "xoxb-{dig:12}-{dig:13}-{b62:24}"),
    "slack webhook": ("SLACK_URL", "https://hooks.slack.com/services/T{up:9}/B{up:10}/{b62:24}"),
    "square": ("SQUARE_ACCESS_TOKEN", "EAAA{url:60}"),
    "stripe": ("STRIPE_SECRET_KEY", "sk_live_{b62:24}"),
    "supabase": ("SUPABASE_ACCESS_TOKEN", "sbp_{hex:40}"),
    "tailscale": ("TS_AUTHKEY", "tskey-auth-{b62:12}CNTRL-{b62:32}"),
    "telegram": ("TELEGRAM_BOT_TOKEN", "{dig:10}:AA{url:33}"),
    "terraform": ("TFE_TOKEN", "{b62:14}.atlasv1.{url:67}"),
    "totp": ("OTP", "otpauth://totp/Shop:ada?secret={b32:32}"),
    "twilio": ("TWILIO_AUTH_TOKEN", "{hex:32}"),
    "vault": ("VAULT_TOKEN", "hvs.{url:95}"),
    "wireguard": ("PrivateKey", "{wg}"),
    "xai": ("XAI_API_KEY", "xai-{b62:80}"),
    "jwt": ("SESSION_JWT", "{jwt}"),
    "github": ("GITHUB_TOKEN", "{gh}"),
    "pem": ("", "{pem}"),
    "age": ("AGE_KEY", "AGE-SECRET-KEY-1{bech:58}"),
    "bearer": ("", 'curl -H "Authorization: Bearer {b62:40}" https://api.shop.test/v1'),
}
_ALPHABETS = {"b62": B62, "url": URL, "hex": HEX, "low": LOW, "up": UP, "b32": B32, "b64": B64,
              "dig": string.digits, "let": string.ascii_letters,
              "bech": "02-9ACDEFGHJKLMNPQRSTUVWXYZ".replace("2-9", "23456789")}  # fmt: skip


def texts(seed: int, each: int) -> Iterator[Text]:
    """`each` of every kind, and about as many without a secret."""
    drawn = random.Random(seed)
    for kind, (name, form) in FORMS.items():
        for number in range(each):
            value = _value(form, drawn)
            context = _CONTEXTS[number % len(_CONTEXTS)] if name else _bare
            file, body = context(name, value, drawn)
            yield Text(f"yes/{kind.replace(' ', '-')}-{number}{file}", kind, body)
    for number in range(each * len(FORMS)):
        make = _NEGATIVES[number % len(_NEGATIVES)]
        yield Text(f"no/{number}{make.__name__.replace('_', '.', 1)}", "", make(drawn))


def _some(alphabet: str, size: int, drawn: random.Random) -> str:
    return "".join(drawn.choices(alphabet, k=size))


def _value(form: str, drawn: random.Random) -> str:
    made = []
    for part in form.replace("}", "{").split("{"):
        alphabet, _, size = part.partition(":")
        if alphabet in _ALPHABETS and size.isdigit():
            made.append(_some(_ALPHABETS[alphabet], int(size), drawn))
        else:
            made.append(_MADE[part](drawn) if part in _MADE else part)
    return "".join(made)


def _jwt(drawn: random.Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"sub": _some(HEX, 24, drawn), "exp": drawn.randrange(1 << 31)}
    return f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}.{_some(URL, 86, drawn)}"


def _checked(prefix: str, drawn: random.Random) -> str:
    from clawband.labels.evidence import crc_62

    body = _some(B62, 30, drawn)
    return f"{prefix}_{body}{crc_62(body)}"


def _pem(drawn: random.Random) -> str:
    lines = "\n".join(_some(B64, 64, drawn) for _ in range(12))
    return f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{lines}\n-----END RSA {'PRIVATE'} KEY-----"


_MADE: dict[str, Callable[[random.Random], str]] = {
    "uuid": lambda drawn: str(uuid.UUID(int=drawn.getrandbits(128), version=4)),
    "jwt": _jwt,
    "gh": lambda drawn: _checked("ghp", drawn),
    "npm": lambda drawn: _checked("npm", drawn),
    "pem": _pem,
    "wg": lambda drawn: base64.b64encode(drawn.randbytes(32)).decode(),
}


def _bare(name: str, value: str, drawn: random.Random) -> tuple[str, str]:
    return ".txt", f"{value}\n"


def _env(name: str, value: str, drawn: random.Random) -> tuple[str, str]:
    return ".env", f"PORT=8080\n{name}={value}\nLOG=info\n"


def _yaml(name: str, value: str, drawn: random.Random) -> tuple[str, str]:
    return ".yaml", f"service:\n  {name.lower()}: {value}\n  replicas: 2\n"


def _json(name: str, value: str, drawn: random.Random) -> tuple[str, str]:
    return ".json", json.dumps({"port": 8080, "env": {name: value}}, indent=2)


def _python(name: str, value: str, drawn: random.Random) -> tuple[str, str]:
    return ".py", f'import os\n\n{name} = "{value}"\nos.environ["X"] = "1"\n'


def _history(name: str, value: str, drawn: random.Random) -> tuple[str, str]:
    return ".sh", f"cd shop\nexport {name}='{value}'\nmake deploy\n"


def _transcript(name: str, value: str, drawn: random.Random) -> tuple[str, str]:
    tool = json.dumps({"output": f"PORT=8080\n{name}={value}\n", "code": 0})
    return ".jsonl", json.dumps({"role": "tool", "content": tool}) + "\n"


def _chat(name: str, value: str, drawn: random.Random) -> tuple[str, str]:
    said = f"I set {name} for you:\n{name}: `{value}`\nplease do not share it"
    return ".jsonl", json.dumps({"role": "assistant", "content": said}) + "\n"


def _kubernetes(name: str, value: str, drawn: random.Random) -> tuple[str, str]:
    hidden = base64.b64encode(f"{name}={value}".encode()).decode()
    return ".yml", f"apiVersion: v1\nkind: Secret\ndata:\n  env: {hidden}\n"


_CONTEXTS = (_env, _yaml, _json, _python, _history, _transcript, _chat, _kubernetes)


def _sums_txt(drawn: random.Random) -> str:
    return "".join(f"{_some(HEX, 64, drawn)}  dist/part-{n}.tar.gz\n" for n in range(6))


def _lock_json(drawn: random.Random) -> str:
    integrity = base64.b64encode(drawn.randbytes(64)).decode()
    return json.dumps(
        {"packages": {"left": {"version": "1.3.0", "integrity": f"sha512-{integrity}"}}}
    )


def _requirements_txt(drawn: random.Random) -> str:
    return f"attrs==25.1.0 \\\n    --hash=sha256:{_some(HEX, 64, drawn)}\n"


def _git_log(drawn: random.Random) -> str:
    return f"commit {_some(HEX, 40, drawn)}\nAuthor: Ada\n\n    tokens: count them once\n"


def _ids_json(drawn: random.Random) -> str:
    return json.dumps(
        {"id": _MADE["uuid"](drawn), "trace": _some(HEX, 32, drawn), "token_count": 41}
    )


def _page_html(drawn: random.Random) -> str:
    image = base64.b64encode(drawn.randbytes(900)).decode()
    return f'<img alt="key" src="data:image/png;base64,{image}">'


def _manual_md(drawn: random.Random) -> str:
    return (
        "Set `AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE` and\n"
        "`AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`, then\n"
        f"`OPENAI_API_KEY=sk-your-key-here`. Build {drawn.randrange(9999)}.\n"
    )


def _settings_py(drawn: random.Random) -> str:
    return (
        'API_TOKEN = os.environ["API_TOKEN"]\npassword = getpass.getpass()\n'
        f"client_secret = vault.read('shop/{drawn.randrange(99)}')\nsecret_key: str = field()\n"
    )


def _deploy_yaml(drawn: random.Random) -> str:
    return (
        f"image: shop@sha256:{_some(HEX, 64, drawn)}\npassword: ${{DB_PASSWORD}}\n"
        "token: {{ .Values.token }}\nsecretName: shop-tls\n"
    )


def _public_pem(drawn: random.Random) -> str:
    lines = "\n".join(_some(B64, 64, drawn) for _ in range(8))
    key = f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{_some(B64, 43, drawn)} ada@shop"
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n{key}\n"


def _bundle_js(drawn: random.Random) -> str:
    name = _some(string.ascii_letters, 2, drawn)
    return (
        f"function {name}(e,t){{return e.token===t.token?{{password:t.password,token:e.token}}"
        f":void 0}}var publicKey='pk_live_'+{name}.id,tokenLimit={drawn.randrange(9999)};"
    )


def _notes_md(drawn: random.Random) -> str:
    return (
        "The password is required, the token expires after an hour, and the secret of good soup is "
        f"patience. Ticket {drawn.randrange(99999)}, order {_some(UP, 10, drawn)}.\n"
    )


def _tunnel_conf(drawn: random.Random) -> str:
    return f"[Peer]\nPublicKey = {_MADE['wg'](drawn)}\nAllowedIPs = 10.0.0.2/32\n"


def _access_log(drawn: random.Random) -> str:
    return (
        f'10.0.0.7 - - "GET /v1/orders?page_token={drawn.randrange(99)} HTTP/1.1" 200 512 '
        f'etag="{_some(HEX, 32, drawn)}" session=anonymous\n'
    )


_NEGATIVES: tuple[Callable[[random.Random], str], ...] = (
    _sums_txt, _lock_json, _requirements_txt, _git_log, _ids_json, _page_html, _manual_md,
    _settings_py, _deploy_yaml, _public_pem, _bundle_js, _notes_md, _tunnel_conf, _access_log,
)  # fmt: skip
