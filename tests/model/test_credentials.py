"""`[[credential]]` of the settings."""

import pytest

from clawband.model.credentials import Credential, read
from clawband.model.errors import InputError

GOOD = {
    "name": "crm", "header": "Authorization", "value_file": "crm.key", "hosts": ["api.example"],
}  # fmt: skip


def test_the_header_is_in_small_letters():
    expected = Credential(
        name="crm", header="authorization", value_file="crm.key", hosts=("api.example",)
    )
    assert read([GOOD]) == (expected,)
    assert read([]) == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("crm", "to be tables"),
        (["crm"], "other keys"),
        ([{**GOOD, "more": "x"}], "other keys"),
        ([{"name": "crm"}], "other keys"),
        ([{**GOOD, "name": 1}], "wrong kind"),
        ([{**GOOD, "value_file": " "}], "wrong kind"),
        ([{**GOOD, "hosts": []}], "wrong kind"),
        ([{**GOOD, "hosts": "api.example"}], "wrong kind"),
        ([{**GOOD, "hosts": [1]}], "wrong kind"),
        ([{**GOOD, "hosts": ["*.example"]}], "expected a name"),
        ([{**GOOD, "hosts": ["https://api.example"]}], "expected a name"),
        ([{**GOOD, "hosts": ["API.example"]}], "expected a name"),
        ([{**GOOD, "header": "a b"}], "the header"),
        ([{**GOOD, "header": "x\r\ny"}], "the header"),
        ([{**GOOD, "header": "Host"}], "the header"),
        ([{**GOOD, "header": "Content-Length"}], "the header"),
        ([{**GOOD, "header": "Proxy-Authorization"}], "the header"),
        ([GOOD, GOOD], "same name"),
    ],
)
def test_anything_else_is_refused(wrong, told):
    with pytest.raises(InputError, match=told):
        read(wrong)
