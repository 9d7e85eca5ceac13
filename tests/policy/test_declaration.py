"""`[tools.<name>]`: every meaning an argument may have, and what cannot be one."""

import pytest

from clawband.model.deployment import Tool
from clawband.openclaw import tools
from clawband.policy.declaration import declared, required
from clawband.policy.reader import Table, load

PAY = """
[tools.pay]
effect = "pay"
system = "billing"
outside = false
confidentiality = "internal"
clearance = "confidential"
amount = "order.sum"
accounts = ["to.iban"]
hosts = ["site", "file"]
paths = ["file?"]
recipients = ["tell[]"]
ids = ["items[].id"]
commands = ["run"]
names = ["payee"]
dates = ["on"]
contents = ["note"]
attested = ["id", "status"]
"""


def read(text):
    document = load(text, "x.toml")
    root = Table(document, (), document.values)
    return declared(root.table("tools"), tools.catalogue()), document.problems


def test_a_declaration_says_what_everything_means():
    found, problems = read(PAY)
    assert problems == []
    assert found["pay"] == Tool(
        name="pay", effect="tool:pay", system="billing", outside=False, confidentiality=1,
        clearance=2, amount="order.sum", accounts=("to.iban",), hosts=("site", "file"),
        paths=("file?",), recipients=("tell[]",), ids=("items[].id",), commands=("run",),
        names=("payee",), dates=("on",), contents=("note",), attested=("id", "status"),
    )  # fmt: skip


def test_what_is_not_said_is_the_worst():
    found, _ = read('[tools.x]\neffect = "send"')
    assert (found["x"].outside, found["x"].clearance, found["x"].attested) == (True, 3, ())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('ids = ["a..b"]', "a key or a way to one such as `items[].id`, got `a..b`"),
        ('ids = ["[].b"]', "got `[].b`"),
        ('ids = ["a[0].b"]', "got `a[0].b`"),
        ('ids = ["a?.b"]', "got `a?.b`"),
        ('ids = ["?"]', "got `?`"),
        ('ids = ["a b"]', "a word without spaces in `ids`, got `a b`"),
        ('ids = ["a"]\nnames = ["a"]', "one meaning for `a`, got `ids` and `names`"),
        ('ids = ["a[].b"]\ncontents = ["a.b?"]', "one meaning for `a.b`, got `ids` and `contents`"),
        ('amount = "a"\nids = ["a"]', "one meaning for `a`, got `ids` and `amount`"),
        ('clearance = "high"', "expected `clearance` to be `public`, `internal`"),
        ('attested = "id"', "expected `attested` to be a list of texts"),
    ],
)
def test_what_cannot_be_is_refused(line, said):
    _, problems = read(f'[tools.x]\neffect = "send"\n{line}\n')
    assert len(problems) == 1
    assert said in problems[0].message


def test_a_list_is_needed_for_what_a_call_must_name():
    assert required(("to", "cc?"))
    assert not required(("cc?", "bcc?"))
    assert not required(())
