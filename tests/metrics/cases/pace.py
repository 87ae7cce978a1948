"""Judgements, by product.md 7: under 0.80, at least one whole unit short, 40 % gone."""

# what it is about | actual | target | due by now | days gone of days | state | pace | short
HIGHER = """
on the dot | 10 | 20 | 10 | 10/20 | on_target | 1 | 0
more than due | 12 | 20 | 10 | 10/20 | on_target | 6/5 | 0
a hair below due | 9.99 | 20 | 10 | 10/20 | behind | 999/1000 | 1/100
pace of exactly 0.80 | 8 | 20 | 10 | 10/20 | behind | 4/5 | 2
a hair below 0.80 | 7.99 | 20 | 10 | 10/20 | missed | 799/1000 | 201/100
0.80 of a large sum | 16000000.00 | 40000000 | 20000000 | 10/20 | behind | 4/5 | 4000000
a cent below it | 15999999.99 | 40000000 | 20000000 | 10/20 | missed | 0.7999999995 | 4000000.01
thirds, a cent below | 26666.66 | 100000 | 100000/3 | 22/66 | too_early | 0.7999998 | 20000.02/3
thirds, a cent above | 26666.67 | 100000 | 100000/3 | 22/66 | behind | 0.8000001 | 19999.99/3
thirds, later | 53333.33 | 100000 | 200000/3 | 44/66 | missed | 15999999/20000000 | 40000.01/3
short by exactly one | 3 | 8 | 4 | 10/20 | missed | 3/4 | 1
short by 0.99 | 3 | 8 | 3.99 | 10/20 | behind | 100/133 | 99/100
short by a little over one | 3 | 8 | 4.01 | 10/20 | missed | 300/401 | 101/100
one of two | 1 | 5 | 2 | 2/5 | missed | 1/2 | 1
nothing of one | 0 | 5/2 | 1 | 2/5 | missed | 0 | 1
nothing, 0.6 due | 0 | 1 | 0.6 | 3/5 | behind | 0 | 3/5
nothing, all of it due | 0 | 1 | 1 | 5/5 | missed | 0 | 1
exactly 40 % gone | 0 | 20 | 8 | 8/20 | missed | 0 | 8
just under 40 % gone | 0 | 21 | 8 | 8/21 | too_early | 0 | 8
39 of 98 days gone | 0 | 98 | 39 | 39/98 | too_early | 0 | 39
a team of ten in a year, a day too early | 0 | 2610 | 1043 | 1043/2610 | too_early | 0 | 1043
a team of ten in a year, 40 % gone | 0 | 2610 | 1044 | 1044/2610 | missed | 0 | 1044
one day of five | 0 | 10 | 2 | 1/5 | too_early | 0 | 2
two days of five | 0 | 10 | 4 | 2/5 | missed | 0 | 4
one day of two, a week of holidays | 0 | 4 | 2 | 1/2 | missed | 0 | 2
one day of three | 0 | 6 | 2 | 1/3 | too_early | 0 | 2
behind before 40 % | 9 | 50 | 10 | 10/50 | behind | 9/10 | 1
on target on the first day | 2 | 10 | 2 | 1/5 | on_target | 1 | 0
too few, too early, yet one short | 1 | 10 | 2 | 1/5 | too_early | 1/2 | 1
too few, too early, less than one short | 0.5 | 5 | 1 | 1/5 | behind | 1/2 | 1/2
nothing due yet | 0 | 10 | 0 | 0/5 | too_early | - | 0
nothing due yet, something done | 3 | 10 | 0 | 0/5 | too_early | - | 0
the target begins later on | 0 | 4 | 0 | 3/5 | too_early | - | 0
no target | 7 | - | 0 | 3/5 | no_target | - | 0
no target, away | 0 | - | 0 | 0/0 | no_target | - | 0
away all the time | 0 | 0 | 0 | 0/0 | away | - | 0
away, and yet something done | 4 | 0 | 0 | 0/0 | away | - | 0
a target of nothing | 0 | 0 | 0 | 3/5 | no_target | - | 0
a target of nothing, something done | 4 | 0 | 0 | 5/5 | no_target | - | 0
the end, all done | 10 | 10 | 10 | 5/5 | on_target | 1 | 0
the end, 0.80 | 8 | 10 | 10 | 5/5 | behind | 4/5 | 2
the end, under 0.80 | 7 | 10 | 10 | 5/5 | missed | 7/10 | 3
the end of a ramp's part, 3 of 3.75 | 3 | 3.75 | 3.75 | 5/5 | behind | 4/5 | 3/4
"""

LOWER = """
as many as there may be | 6 | 10 | 6 | 3/5 | on_target | 1 | 0
fewer | 3 | 10 | 6 | 3/5 | on_target | 2 | 0
none | 0 | 10 | 6 | 3/5 | on_target | - | 0
exactly 0.80 | 7.5 | 10 | 6 | 3/5 | behind | 4/5 | 3/2
a hair below 0.80 | 7.51 | 10 | 6 | 3/5 | missed | 600/751 | 151/100
one too many | 3 | 4 | 2 | 3/5 | missed | 2/3 | 1
less than one too many | 2.99 | 4 | 2 | 3/5 | behind | 200/299 | 99/100
too many, too early | 8 | 10 | 2 | 1/5 | too_early | 1/4 | 6
there are to be none, and are none | 0 | 0 | 0 | 3/5 | on_target | - | 0
there are to be none, and is one | 1 | 0 | 0 | 3/5 | missed | 0 | 1
there are to be none, and is one early | 1 | 0 | 0 | 1/5 | too_early | 0 | 1
there are to be none, before the first day | 1 | 0 | 0 | 0/5 | too_early | - | 0
there are to be none, away | 1 | 0 | 0 | 0/0 | away | - | 0
no target | 1 | - | 0 | 3/5 | no_target | - | 0
"""

# the same, with what it is divided by and by how much it is scaled
# what | direction | actual | of | scale | target | days gone of days | state | pace | short
RATIOS = """
of nothing | higher | 0 | 0 | 100 | 80 | 5/5 | not_enough | - | 0
of four, all of them | higher | 4 | 4 | 100 | 80 | 5/5 | not_enough | - | 0
of four, none | higher | 0 | 4 | 100 | 80 | 5/5 | not_enough | - | 0
of five, all of them | higher | 5 | 5 | 100 | 80 | 5/5 | on_target | 5/4 | 0
of five, exactly on target | higher | 4 | 5 | 100 | 80 | 5/5 | on_target | 1 | 0
of five, three | higher | 3 | 5 | 100 | 80 | 5/5 | missed | 3/4 | 20
of five, none | higher | 0 | 5 | 100 | 80 | 5/5 | missed | 0 | 80
of five, pace of exactly 0.80 | higher | 3 | 5 | 100 | 75 | 5/5 | behind | 4/5 | 15
of 1,000, a hair below 0.80 | higher | 599 | 1000 | 100 | 75 | 5/5 | missed | 599/750 | 151/10
no elapsed share: on target on the first day | higher | 4 | 5 | 100 | 80 | 1/5 | on_target | 1 | 0
missed, but too early | higher | 3 | 5 | 100 | 80 | 1/5 | too_early | 3/4 | 20
missed, before the first working day | higher | 3 | 5 | 100 | 80 | 0/5 | too_early | 3/4 | 20
exactly 40 % gone | higher | 3 | 5 | 100 | 80 | 2/5 | missed | 3/4 | 20
people a call, 0.8 of one short | higher | 6 | 5 | 1 | 2 | 5/5 | behind | 3/5 | 4/5
people a call, exactly one short | higher | 5 | 5 | 1 | 2 | 5/5 | missed | 1/2 | 1
a score of 6.2 for one of 8 | higher | 31 | 5 | 1 | 8 | 5/5 | missed | 31/40 | 9/5
proposals a deal, on target | lower | 15 | 5 | 1 | 3 | 5/5 | on_target | 1 | 0
proposals a deal, four of three | lower | 20 | 5 | 1 | 3 | 5/5 | missed | 3/4 | 1
proposals a deal, less than one more | lower | 19 | 5 | 1 | 3 | 5/5 | behind | 15/19 | 4/5
proposals a deal, of four deals | lower | 40 | 4 | 1 | 3 | 5/5 | not_enough | - | 0
proposals a deal, none sent | lower | 0 | 5 | 1 | 3 | 5/5 | on_target | - | 0
no target | higher | 3 | 5 | 100 | - | 5/5 | no_target | - | 0
no target, of nothing | higher | 0 | 0 | 100 | - | 5/5 | no_target | - | 0
away | higher | 3 | 5 | 100 | 80 | 0/0 | away | - | 0
"""
