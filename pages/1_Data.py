"""Data: what was read, what became of each column and how to change that, what does not fit."""

from cxcore.language import say
from pages.ui import files, frame, mapping_editor, received, upload

with frame.begin(say("Data")):
    if upload.needed() is not None:
        table = files.brought()
        received.summary(table)
        mapping_editor.questions(table)
        received.columns(table)
        mapping_editor.roles(table)
        received.problems(table)
        upload.another()
