"""`clawband egress address`, `ca` and `draft`: how a gateway comes to its boundaries."""

from pathlib import Path

import click

from clawband.edges.cli import files, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError
from clawband.openclaw import config as openclaw
from clawband.openclaw import reaches


@click.command()
@click.argument("gateway", required=False)
@show.json_option()
@click.pass_obj
def address(place: Place, gateway: str | None, as_json: bool) -> None:
    """Print the proxy's address for GATEWAY, and that of its model gateway. They are secret."""
    name = _named(place, gateway)
    told = place.client.get(f"/gateways/{name}/boundaries")
    if as_json:
        show.data(told)
        return
    rows = (
        ("proxy.proxyUrl", told["proxy"]),
        ("models.providers.*.baseUrl", f"{told['models']}/<provider>/v1"),
        ("models.providers.*.apiKey", told["models_key"]),
    )
    show.table(("setting", "value"), rows, "")


@click.command("ca")
@show.json_option()
@click.pass_obj
def authority(place: Place, as_json: bool) -> None:
    """Print the certificate that clients need where TLS is looked into.

    For NODE_EXTRA_CA_CERTS, or behind the other certificates of an SSL_CERT_FILE.
    """
    pem = place.local.authority(place.settings)
    if as_json:
        show.data({"pem": pem})
        return
    for line in pem.splitlines():
        show.line(line)


@click.command()
@click.argument("gateway", required=False)
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path),
              help="Its openclaw.json (default: as clawband.toml names it).")  # fmt: skip
@click.option("--environment", default="dev", show_default=True)
@click.pass_obj
def draft(place: Place, gateway: str | None, config: Path | None, environment: str) -> None:
    """Write a manifest for GATEWAY to begin with: the hosts its configuration names."""
    name = _named(place, gateway)
    known = {each.name: each for each in place.settings.gateways}
    path = config or Path(known[name].config if name in known else "")
    if not str(path) or str(path) == ".":
        raise InputError("nobody says where its configuration is", remedy="add `--config FILE`")
    text = reaches.draft(name, environment, openclaw.parse(files.text(path.expanduser())))
    for line in text.splitlines():
        show.line(visible(line))


def _named(place: Place, gateway: str | None) -> str:
    known = [each.name for each in place.settings.gateways]
    if gateway or len(known) == 1:
        return gateway or known[0]
    told = [str(each["name"]) for each in place.client.get("/gateways")["gateways"]]
    if len(told) == 1:
        return told[0]
    raise InputError(
        "expected the name of a gateway", remedy=f"name one of: {', '.join(told) or 'none yet'}"
    )
