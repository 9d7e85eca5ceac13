"""`[models]`: which models may be asked, where, and what of a prompt they may read, as Cedar.

Masking and pseudonyms are no policies: they are done before policy is asked, and policy then sees
the classes of data that are left (`context.tags`).
"""

from collections.abc import Iterator, Mapping

from clawband.model.access import Action
from clawband.model.deployment import Models, Price
from clawband.model.label import Confidentiality
from clawband.policy.declaration import LEVELS
from clawband.policy.reader import Table
from clawband.policy.rule import Rule, quote, quoted
from clawband.policy.trust import CLASSES

EVERY = "/*"
VALUES = ("secret", "personal")
"""Their findings are values. What is tagged `business` is a word that says what a text is."""
_ASK = (Action.ASK_MODEL,)
UNJOINED = ("refuse", "without-tools", "allow")
MOST_PRICE = 1_000_000_000


def read(table: Table) -> Models:
    """The table of a workflow's or a gateway's manifest; a gateway's has more keys to read."""
    mask = table.texts("mask") if "mask" in table.values else ("secret",)
    table.known.add("mask")
    names = table.texts("pseudonymise")
    for key, classes in (("mask", mask), ("pseudonymise", names)):
        for each in classes:
            if each not in VALUES:
                table.complain(key, f"expected one of {', '.join(VALUES)}, got `{each}`")
    for each in set(mask) & set(names):
        table.complain("pseudonymise", f"expected `{each}` under `mask` or here, got both")
    allow = table.texts("allow")
    for each in allow:
        if not _fits(each):
            message = "expected `<provider>/<model>` or `<provider>/*`"
            table.complain("allow", f"{message}, got `{each}`")
    return Models(
        allow=allow,
        mask=mask,
        pseudonymise=names,
        regions=_regions(table.table("regions")),
        clearance=LEVELS.index(table.choice("clearance", LEVELS, LEVELS[-1])),
    )


def prices(table: Table) -> Mapping[str, Price]:
    """`[models.prices."<provider>/<model>"]`: minor units for a million tokens."""
    found: dict[str, Price] = {}
    for name in table.values:
        if not _fits(name) or name.endswith(EVERY):
            table.complain(name, f"expected `<provider>/<model>`, got `{name}`")
        price = table.table(name)
        most = MOST_PRICE
        sent, answered = price.whole("input", 0, 0, most), price.whole("output", 0, 0, most)
        found[name] = Price(sent, answered, price.whole("cached", sent, 0, most))
        price.close()
    return found


def rules(name: str, models: Models) -> Iterator[Rule]:
    """One permit for what may be asked, one forbid for each class that is kept in its regions."""
    exact = [each for each in models.allow if not each.endswith(EVERY)]
    providers = [each.removesuffix(EVERY) for each in models.allow if each.endswith(EVERY)]
    named = ", ".join(f"Model::{quote(each)}" for each in exact)
    ways = [f"[{named}].contains(resource)"] if exact else []
    ways += [f"{quoted(providers)}.contains(context.provider)"] if providers else []
    if ways:
        yield Rule(
            "models", "permit", _ASK, "resource", when=" || ".join(ways),
            because=f"`{name}` may ask {', '.join(models.allow)}",
        )  # fmt: skip
    if models.allow and models.clearance < Confidentiality.RESTRICTED:
        yield Rule(
            "models-clearance", "forbid", _ASK, "resource",
            when=f"context.confidentiality > {models.clearance}",
            because=f"the session has read more than `{LEVELS[models.clearance]}` data, "
            f"which `{name}` may not show to a model",
            remedy="start a new session, or have a person do it",
        )  # fmt: skip
    for tag, regions in models.regions.items():
        where = " or ".join(regions) or "no region"
        inside = f"{quoted(regions)}.contains(context.region)" if regions else ""
        yield Rule(
            f"models-{tag}", "forbid", _ASK, "resource",
            when=f"context.tags.contains({quote(tag)})", unless=inside,
            because=f"the prompt holds {tag} data, which `{name}` keeps in {where}",
            remedy="let the agent use a model of that region, or cover this class in `[models]`",
        )  # fmt: skip


def unjoined(name: str, which: str) -> Iterator[Rule]:
    """What a gateway asks a model outside of every admitted run."""
    if which == "allow":
        return
    toolless = which == "without-tools"
    yield Rule(
        "models-unjoined", "forbid", _ASK, "resource",
        when="context.offered > 0" if toolless else "",
        because=f"this model call of `{name}` belongs to no run that was admitted"
        + (", and offers tools" if toolless else ""),
        remedy="see that the plugin is asked (`clawband enforcement`), or set `unjoined` under "
        "`[models]` in the gateway's manifest",
    )  # fmt: skip


def _regions(table: Table) -> Mapping[str, tuple[str, ...]]:
    found = {}
    for tag in table.values:
        if tag not in CLASSES:
            table.complain(tag, f"expected one of {', '.join(CLASSES)}, got `{tag}`")
        found[tag] = table.texts(tag)
    table.close()
    return found


def _fits(name: str) -> bool:
    provider, slash, model = name.partition("/")
    plain = name.isprintable() and len(name.split()) == 1 and "*" not in provider
    return bool(plain and provider and slash and model and (model == "*" or "*" not in model))
