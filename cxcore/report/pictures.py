"""Altair charts → inline SVG, without a browser and without the network."""

from __future__ import annotations

import re
from typing import Any

import vl_convert
from markupsafe import Markup

from cxcore.language import Lang, date_style

WIDTH, HEIGHT = 620, 210  # pixels; A4 less its margins, and a third of a page
_OPENING = re.compile(r"<svg\b[^>]*?viewBox=\"([^\"]+)\"[^>]*>")


def svg(chart: Any, lang: Lang, title: str) -> Markup:
    """The chart as an `<svg>` element with `title` as its accessible name, numbers and dates as the language has them.

    Nothing is fetched: the chart carries its data, and no address is allowed.
    """
    spec = chart.properties(width=WIDTH, height=HEIGHT).to_dict(validate=False)
    spec["config"]["aria"] = False  # the title speaks for the picture; its marks would be read out field by field
    style = date_style(lang)
    drawn: str = vl_convert.vegalite_to_svg(
        spec, allowed_base_urls=[], format_locale=style["number"], time_format_locale=style["time"]
    )
    box = _OPENING.match(drawn)
    if box is None:
        raise ValueError("the chart was not drawn as SVG")
    opening = Markup('<svg role="img" aria-label="{}" viewBox="{}"><title>{}</title>').format(title, box[1], title)
    return opening + Markup(drawn[box.end() :])  # noqa: S704 - drawn by Vega, which escapes the texts it is given
