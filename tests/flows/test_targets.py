"""What a target of a secret may say."""

import pytest

from clawband.flows.targets import checked
from clawband.model.errors import InputError
from clawband.model.secret import IN_PATH, Target


@pytest.mark.parametrize(
    "target",
    [
        Target(hosts=("api.example.com",)),
        Target(hosts=("a.example", "[::1]"[1:-1]), header="x-api-key", form="key={}"),
        Target(hosts=("a.example",), header=IN_PATH, form="/bot{}/"),
        Target(hosts=("a.example",), methods=("GET", "M-SEARCH"), paths=("/", "/v1/")),
    ],
)
def test_what_a_request_can_fit(target):
    assert checked(target) is target


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"hosts": ()}, "host"),
        ({"hosts": ("",)}, "host"),
        ({"hosts": ("API.example",)}, "host"),
        ({"hosts": ("*.example",)}, "host"),
        ({"hosts": ("https://a.example",)}, "host"),
        ({"header": ""}, "field"),
        ({"header": "Authorization"}, "field"),
        ({"header": "host"}, "field"),
        ({"header": "transfer-encoding"}, "field"),
        ({"header": "x y"}, "field"),
        ({"header": ":method"}, "field"),
        ({"form": "Bearer"}, "form"),
        ({"form": "{} {}"}, "form"),
        ({"form": "{}\r\nhost: evil"}, "form"),
        ({"header": IN_PATH, "form": "bot{}"}, "form"),
        ({"methods": ("get",)}, "method"),
        ({"methods": ("",)}, "method"),
        ({"paths": ("v1/",)}, "path"),
        ({"paths": ("",)}, "path"),
    ],
)
def test_what_no_request_could_fit_or_what_would_change_where_it_goes(wrong, says):
    with pytest.raises(InputError, match=f"a target's {says}"):
        checked(Target(**{"hosts": ("api.example.com",), **wrong}))
