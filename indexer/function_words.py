"""Words and characters that join others and say nothing about a paper."""

from __future__ import annotations

ENGLISH = frozenset(
    """a an the of in on at to for from by with without and or but nor not no as is are was were be been being it its
    this that these those we our they their i you he she which who whom whose what when where how why than then thus so
    such can could may might will would shall should must do does did has have had having if while during between into
    onto over under more most less least very also both each all any some many few other another same only just even
    still however via using use used about paper papers e g""".split()
)
CHINESE = frozenset("的了在是和与及或为以对中上下不也都其这那该并将被从到由而且但个们之所于把用可能会等有没本")
