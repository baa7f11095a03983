"""First names common where this app is used, to know a column of people without a telling header."""

from __future__ import annotations

import unicodedata

_GIVEN = frozenset(
    "maria anna giulia francesca sara laura chiara paola elena silvia valentina alessandra martina federica giovanna"
    " rosa angela teresa lucia carla simona monica barbara claudia daniela cristina roberta patrizia stefania elisa"
    " ilaria giorgia alice sofia aurora beatrice camilla emma greta ginevra noemi serena marta michela veronica"
    " mario luigi giuseppe giovanni antonio francesco marco andrea alessandro luca matteo lorenzo davide simone"
    " federico stefano paolo roberto claudio fabio massimo giorgio riccardo daniele carlo alberto pietro michele"
    " salvatore vincenzo domenico angelo franco bruno enrico nicola filippo tommaso gabriele leonardo edoardo emanuele"
    " raffaele sergio maurizio gianluca gianni piero ugo dario ivan mattia diego samuele jacopo cristian"
    " james john robert michael william david richard joseph thomas charles christopher matthew anthony mark donald"
    " steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary"
    " nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick"
    " jack dennis jerry peter adam henry oliver harry charlie noah liam ethan lucas mason logan"
    " mary patricia jennifer linda elizabeth susan jessica sarah karen nancy lisa margaret betty sandra ashley dorothy"
    " kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca sharon cynthia kathleen amy shirley"
    " helen catherine nicole samantha rachel christine olivia hannah megan grace chloe sophie charlotte amelia isla ava"
    " jose juan manuel carlos javier pedro miguel jorge pablo fernando luis rafael carmen josefa isabel dolores pilar"
    " ana lucia paula ines jean pierre michel philippe alain nathalie isabelle sylvie catherine francois louis"
    " hans peter wolfgang klaus jurgen stefan andreas ursula petra sabine monika renate anke katrin jan lars anders"
    " mohammed muhammad ahmed ali omar fatima wei chen raj priya amit rahul".split()
)


def _folded(word: str) -> str:
    text = unicodedata.normalize("NFKD", word)
    return "".join(c for c in text if not unicodedata.combining(c)).casefold().strip(".,")


def person(text: str) -> bool:
    """Whether a cell reads as a person's name: two to four capitalised words, the first or the last a first name."""
    words = text.replace(",", " ").split()
    if not 2 <= len(words) <= 4 or not all(w[:1].isupper() and w.replace("'", "").replace("-", "").strip(".").isalpha()
                                           for w in words):  # fmt: skip
        return False
    return _folded(words[0]) in _GIVEN or _folded(words[-1]) in _GIVEN
