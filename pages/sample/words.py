"""Names and sentences of the sample organisation."""

from typing import Any

ACCOUNTS = [
    ("Northwind Traders", "Wholesale", "Hamburg"),
    ("Umbrella Labs", "Life sciences", "Basel"),
    ("Initech", "Software", "Dublin"),
    ("Globex", "Industrial", "Rotterdam"),
    ("Stark Components", "Industrial", "Stuttgart"),
    ("Wayne Logistics", "Logistics", "Antwerp"),
    ("Hooli Retail", "Retail", "London"),
    ("Vehement Capital", "Finance", "Frankfurt"),
    ("Massive Dynamic", "Electronics", "Eindhoven"),
    ("Soylent Foods", "Food", "Lyon"),
    ("Acme Tools", "Industrial", "Birmingham"),
    ("Cyberdyne Robotics", "Electronics", "Turin"),
    ("Tyrell Optics", "Electronics", "Jena"),
    ("Wonka Confectionery", "Food", "Zurich"),
    ("Duff Beverages", "Food", "Munich"),
    ("Gringott Savings", "Finance", "Edinburgh"),
    ("Oscorp Pharma", "Life sciences", "Copenhagen"),
    ("Pied Piper", "Software", "Tallinn"),
    ("Monarch Shipping", "Logistics", "Gothenburg"),
    ("Bluth Homes", "Construction", "Madrid"),
    ("Sirius Energy", "Energy", "Oslo"),
    ("Vandelay Imports", "Wholesale", "Porto"),
    ("Prestige Hotels", "Hospitality", "Vienna"),
    ("Kestrel Aviation", "Aerospace", "Toulouse"),
    ("Larch & Sons", "Construction", "Leeds"),
    ("Meridian Health", "Healthcare", "Utrecht"),
    ("Nordlys Telecom", "Telecoms", "Bergen"),
    ("Olivetto", "Retail", "Milan"),
    ("Palisade Insurance", "Finance", "Cologne"),
    ("Quarry Stone Group", "Construction", "Brno"),
    ("Redwood Paper", "Industrial", "Tampere"),
    ("Saffron Travel", "Hospitality", "Lisbon"),
    ("Tidewater Utilities", "Energy", "Bristol"),
    ("Ullman Freight", "Logistics", "Gdańsk"),
    ("Verdant Farms", "Food", "Valencia"),
    ("Weyland Metals", "Industrial", "Linz"),
    ("Xenon Lighting", "Electronics", "Brussels"),
    ("Yarrow Clinics", "Healthcare", "Geneva"),
    ("Zephyr Wind", "Energy", "Aarhus"),
    ("Bramble Books", "Retail", "Glasgow"),
]
FIRST_NAMES = [
    "Anna",
    "Bertil",
    "Carla",
    "Derek",
    "Elif",
    "Femi",
    "Greta",
    "Hugo",
    "Irina",
    "Jasper",
    "Katya",
    "Liam",
    "Marta",
    "Nils",
    "Olga",
    "Pablo",
    "Quentin",
    "Renata",
    "Stefan",
    "Tomás",
    "Ursula",
    "Viktor",
    "Wanda",
    "Yusuf",
    "Zoë",
]
LAST_NAMES = [
    "Almeida",
    "Bergström",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Hansen",
    "Ivanov",
    "Jansen",
    "Kowalski",
    "Lehmann",
    "Moretti",
    "Novák",
    "O'Brien",
    "Petrov",
    "Quiroga",
    "Rossi",
    "Schmidt",
    "Tremblay",
    "Usman",
    "Varga",
    "Wójcik",
    "Yılmaz",
    "Zeman",
]
JOB_TITLES = ["CFO", "Head of operations", "IT director", "Plant manager", "Buyer", "COO"]
PRODUCTS = [
    ("Insight Basic", "Insight", 9_000),
    ("Insight Pro", "Insight", 24_000),
    ("Relay", "Relay", 38_000),
    ("Relay Enterprise", "Relay", 95_000),
    ("Onboarding", "Services", 6_000),
]
PURPOSES = [
    "Find out who decides and what they measure it by",
    "Agree the three tests a pilot has to pass",
    "Show the CFO the cost of doing nothing",
    "Settle what still stands between us and a signature",
    "Learn why the project came up this year",
]
LEARN = [
    ("problem", "What does a late delivery cost them today?"),
    ("criteria", "What will the CFO want to see before she signs?"),
    ("evaluation", "Whom else have they looked at, and what did they like?"),
    ("decision", "Which meetings does a purchase of this size go through?"),
    ("", "Who loses something if this goes ahead?"),
]
ANSWERS = {
    "problem": "Two late deliveries a month, about 18,000 each time",
    "criteria": "Payback within a year, and no work for her own people",
    "evaluation": "They tried a spreadsheet and one competitor's trial",
    "decision": "Board on the first Thursday, papers ten days before",
    "": "The plant manager in Lille, who built the present tool",
}
GIVE = [
    "The case study from a company of their size",
    "A one-page price for two sites",
    "What we do differently: on the floor in two weeks",
    "Reference call with a customer they know",
]
COMMITMENTS = [
    "A meeting with the economic buyer before the month ends",
    "Their numbers for last year, by Friday",
    "A date for the pilot, in the calendar",
    "The paper for the board, written together",
]
FALLBACKS = [
    "The name of the person who would have to agree, and an introduction",
    "A second call next week with the head of operations",
]
WORKED = [
    "Asked for the decision process before showing the price",
    "Let them describe the problem first; they named the figure themselves",
    "Two people talked who had not talked before",
]
WENT_POORLY = [
    "Talked too long about the roadmap",
    "No time left for the last question",
    "Brought the price up before they had said what it is worth",
]
FORGOT = [
    "Did not ask what happens if they do nothing",
    "Forgot to ask who else has to sign",
    "Should have asked about the budget year",
    "",
]
BUYER_ACTIONS = [
    "Asked for a draft contract",
    "Brought in the CFO",
    "Sent last year's figures",
    "Set a date for the pilot",
    "Called our reference customer",
    "Asked for two more seats in the trial",
]
NEXT_STEPS = [
    "Send the summary and the two dates",
    "Call the head of operations about the pilot",
    "Prepare the board paper together",
    "Visit the plant",
    "Confirm the reference call",
]
MODIFY = [
    "Ask the money question in the first ten minutes.",
    "You answered your own question twice. Wait five seconds after each one.",
    "Good opening. Get the date before you leave the room.",
]
HELP = [
    "I will join the next call and stay quiet.",
    "We will rehearse the price together on Thursday.",
]
INSPECTOR_SAYS = {
    "change": ("commitments", "What would they do by Friday if they were serious? Ask for that."),
    "talk": ("", "I know their COO. Two minutes before you go in?"),
    "good": ("", "Clear. Ask about the board date early."),
}
LOST_REASONS = ["Chose a competitor on price", "No decision: project stopped", "Champion left"]
AGREEMENTS = [
    "Bring the CFO into the next meeting",
    "Plan every first call two days ahead",
    "Ask for the decision process before showing the price",
    "Ride along with Sam on Thursday",
    "Write the board paper with the champion",
]
HOLD_REASONS = [
    "Their budget opens with the new year",
    "Waits for the board meeting",
    "Their buyer is away until then",
]
BEHAVIOURS: list[dict[str, Any]] = [
    {
        "name": "Asks before telling",
        "expected": "The buyer has described the problem, and what it costs, before we say "
        "anything about ours.",
        "anchors": {
            "4": "Asks when prompted, then explains the product",
            "7": "Does it in most first meetings without prompting",
            "9": "The buyer says it was the best conversation about it they have had",
        },
        "minimum": 7,
        "weight": 3,
    },
    {
        "name": "Finds who decides",
        "expected": "Every deal has a name for the budget and one for the veto, and both were met.",
        "anchors": {
            "4": "Knows the title, has not met them",
            "7": "Has met the decision maker and knows their criteria",
            "9": "Knows how they decided the last time, and with whom",
        },
        "minimum": 6,
        "weight": 2,
    },
    {
        "name": "Proves rather than claims",
        "expected": "What we say sets us apart comes with something the buyer can check.",
        "anchors": {
            "4": "Names advantages",
            "7": "Brings a reference or a figure for each",
            "9": "Has the buyer's own people confirm it",
        },
        "minimum": 7,
        "weight": 1,
    },
    {
        "name": "Gets commitments",
        "expected": "Each call ends with something the buyer will do, and a day.",
        "anchors": {
            "4": "Agrees to be in touch",
            "7": "Leaves with an action and a date in most calls",
            "9": "The buyer proposes the next step",
        },
        "minimum": 7,
        "weight": 2,
    },
]
SEEN = [  # by behaviour: of a score below the minimum, of one that reaches it
    (
        "Second question came before the first was answered.",
        "You let the silence work after the budget question.",
    ),
    (
        "We still do not know who can say no.",
        "The name of the board by your second question: keep that.",
    ),
    ("Three advantages, no figure for any of them.", "Good proof; she wrote the figure down."),
    ("No date for the next step.", "He proposed the day himself: that is what a 9 looks like."),
]
SKILL = {
    "low": "Explains within the first minute in three of four calls",
    "high": "Does it well whenever I am in the room",
}
WILL = {
    "low": "Says that it takes too long and skips the preparation",
    "high": "Asks for feedback after every call",
}
RIDE_NOTES = [
    "Calm opening. In both calls the price came up before the problem did.",
    "The second call was the best this quarter: the buyer talked for ten minutes.",
]
RIDE_COMMENT = "I will write the two questions on the first page and put the deck away."
TRUSTED = "Two strong quarters before we began to score."
