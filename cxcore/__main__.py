"""Level 7. The commands of the contract: what the pages compute, without a browser. `python -m cxcore --help`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cxcore.commands.desk import complain, desk
from cxcore.commands.parse import parser
from cxcore.errors import CxError
from cxcore.language import Lang


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when it was done, 2 when it cannot be (the message and the hint say why)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang: Lang = "it" if "it" in given and "--lang" in given else "en"
    as_json = "--json" in given
    try:
        options = parser().parse_args(given)
        with desk() as place:
            done: int = options.run(options, place)
            return done
    except CxError as error:
        complain(error, lang, as_json=as_json)
        return 2
    except BrokenPipeError:  # whoever read the answer (`| head`) has had enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
