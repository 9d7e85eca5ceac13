"""What `static/passkeys.js` asks for: a challenge for the browser, as JSON."""

import json

from starlette.responses import JSONResponse, Response

from clawband.edges.console.visit import STATUS, Page, Visit
from clawband.model.errors import Error, StepUpNeededError
from clawband.service.entrance import Begun


def told(begun: Begun) -> Response:
    """The options of the browser's call, and the id under which its answer is expected."""
    return JSONResponse({"challenge": begun.id, "options": json.loads(begun.options)})


def refused(error: Error) -> Response:
    """What the script shows in its place."""
    words = [error.message, error.remedy] if error.remedy else [error.message]
    said = " ".join(f"{each[:1].upper()}{each[1:]}." for each in words)
    return JSONResponse({"message": said}, STATUS.get(type(error), 400))


def begins(begin: Page) -> Page:
    """The act of a form whose errors the script shows, but where it must lead to `/prove`."""

    async def answer(visit: Visit) -> Response:
        try:
            return await begin(visit)
        except StepUpNeededError:
            return JSONResponse({"go": "/prove?next=/me"}, 403)
        except Error as error:
            return refused(error)

    return answer
