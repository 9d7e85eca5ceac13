"""A role on the command line: everywhere, or in one environment."""

import click

from clawband.model.errors import InputError
from clawband.model.person import Role, held

ROLES = f"{', '.join(Role)}; of one environment as in approver@production"


class HeldType(click.ParamType[str]):
    """`approver`, or `approver@production`."""

    name = "role"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return held(value)
        except InputError as error:
            self.fail(f"{error.message}; {error.remedy}", param, ctx)


ROLE = HeldType()
