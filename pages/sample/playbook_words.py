"""What the sample playbook says."""

from typing import Any

DIFFERENTIATORS = [
    (
        "Relay",
        "One stock figure for all sites within a minute, not overnight",
        "Globex cut double orders by a third in the first quarter",
    ),
    ("Relay", "Runs beside the old system until you switch it off", "Initech: eleven weeks"),
    (
        "Insight Pro",
        "Answers in the words your people use, without a query language",
        "Two buyers at Northwind built their own reports on day one",
    ),
    ("", "The people who sell it also stay for the first ninety days", ""),
    ("", "You own your data: one export, any day, in full", "Clause 4 of every contract"),
]
QUESTIONS = [
    ("plan", 1, "What happens if you change nothing this year?"),
    ("plan", 2, "Whose budget does the problem cost today?"),
    ("plan", 3, "What would make this an easy yes for your CFO?"),
    ("plan", None, "Who else has an opinion on this that counts?"),
    ("inspection", None, "What would they do by Friday if they were serious?"),
    ("inspection", 2, "What do you know about how they decided the last time?"),
    ("inspection", None, "What will you do if they say no to the first commitment?"),
    ("review", None, "Which deal would you drop if you had to drop one?"),
    ("review", None, "What did a buyer do this month that surprised you?"),
    ("review", 4, "What has the customer done that says they decide this month?"),
]
CRITERIA: list[dict[str, Any]] = [
    {
        "name": "A sector we know",
        "fact": "sector",
        "condition": "one_of",
        "texts": ["Industrial", "Logistics", "Wholesale"],
        "weight": 8,
        "why": "Nine of our ten best references are there.",
    },
    {
        "name": "Large enough to need it",
        "fact": "employees",
        "condition": "at_least",
        "least": 200,
        "weight": 6,
        "why": "Below that one person keeps stock in their head.",
    },
    {
        "name": "Within a day's travel",
        "fact": "location",
        "condition": "known",
        "weight": 2,
        "why": "The first ninety days are spent on site.",
    },
]
PRIORITIES = [
    (
        "Relay",
        "Relay before the year ends",
        "Its new warehouse module is ready; early customers shape it.",
        -20,
        60,
    ),
    ("", "Second contact on every deal", "Deals with one contact closed half as often.", -40, None),
]
MODULES = [
    (
        "Asking before telling",
        "Open a first call with two questions and wait for both answers",
        "Write down the two questions before the call. Ask the first. Count to five before you "
        "say anything. Repeat what you heard in one sentence. Ask the second.",
        25,
    ),
    (
        "The economic buyer",
        "Get to the person whose budget it is, with your champion's help",
        "Ask your champion: who was in the room the last time something like this was bought?",
        40,
    ),
    (
        "Commitments and fallbacks",
        "Leave every call with something that the buyer will do, and by when",
        "A commitment is something they do. Prepare the one you want and the one you would take.",
        30,
    ),
    ("How we sell", "Say in your own words what each stage asks of the buyer", "Start here.", 45),
]
ONBOARDING = [(3, 2), (0, 7), (2, 14), (1, 30)]  # module, days after the first one
STRATEGY = (
    "One of their three sites on Relay by summer, the other two after the board in autumn",
    [
        ("tactical", "Walk the Hamburg warehouse with their shift leads", 6),
        ("tactical", "Send the stock figures of the pilot each Monday", 10),
        ("strategic", "Bring their CFO and ours to one table", 35),
        ("future", "Ask for a reference once the first site has closed its books", None),
    ],
)
TAKEAWAY = "The second question is the one that matters; I used to answer the first one myself."
