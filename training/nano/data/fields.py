"""Arguments of invented tools: names, types, how a request says them, and their values."""
from .memory import COLOURS
from .sources import held

WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def pool(values, reserved, key):
    """The values kept for evaluation (a tenth), or all the others."""
    return [v for v in values if held(key + str(v), 10) == reserved]


class Values:
    """Sources of argument values, either for training or reserved."""

    def __init__(self, sources, reserved=False):
        self.names = sources.held_names if reserved else sources.names
        self.cities = pool(sources.cities, reserved, "city")
        self.items = pool(sources.fruits + sources.nouns, reserved, "item")
        self.nouns = pool(sources.nouns, reserved, "tool")
        self.animals = sources.animals


def code(rng):
    """A short mixed code such as K482."""
    return rng.choice("ABCDEFGHKLMNPRSTX") + str(rng.range(10, 9999))


def date(rng):
    """An ISO date."""
    return "20%02d-%02d-%02d" % (rng.range(24, 29), rng.range(1, 12), rng.range(1, 28))


def several(rng, items):
    """Two or three different strings."""
    return rng.sample(items, rng.range(2, 3))


# name: (schema, description, phrases, value of (values, rng))
FIELDS = {
    "city": ({"type": "string"}, ["City name", "Name of the city"], ["in {v}", "for {v}", "for the city {v}"],
             lambda s, r: r.choice(s.cities)),
    "location": ({"type": "string"}, ["Place", "City or place"], ["in {v}", "at {v}", "near {v}"],
                 lambda s, r: r.choice(s.cities)),
    "name": ({"type": "string"}, ["Name of the person", "First name"], ["for {v}", "with the name {v}", "named {v}"],
             lambda s, r: r.choice(s.names)),
    "user": ({"type": "string"}, ["User name"], ["for the user {v}", "for {v}"], lambda s, r: r.choice(s.names)),
    "recipient": ({"type": "string"}, ["Who receives it"], ["to {v}"], lambda s, r: r.choice(s.names)),
    "date": ({"type": "string"}, ["Date as YYYY-MM-DD"], ["on {v}", "for {v}", "with date {v}"],
             lambda s, r: date(r)),
    "day": ({"type": "string"}, ["Day of the week"], ["on {v}", "for {v}"], lambda s, r: r.choice(WEEK)),
    "time": ({"type": "string"}, ["Time of day"], ["at {v}"],
             lambda s, r: "%02d:%02d" % (r.below(24), r.choice([0, 15, 30, 45, 5, 20, 50]))),
    "item": ({"type": "string"}, ["Item name", "The item"], ["with the item {v}", "for the item {v}", "for {v}"],
             lambda s, r: r.choice(s.items)),
    "product": ({"type": "string"}, ["Product name"], ["for the product {v}", "with product {v}"],
                lambda s, r: r.choice(s.items)),
    "code": ({"type": "string"}, ["Code"], ["with code {v}", "for the code {v}"], lambda s, r: code(r)),
    "order_id": ({"type": "string"}, ["Order number"], ["for order {v}", "with order id {v}"], lambda s, r: code(r)),
    "title": ({"type": "string"}, ["Title"], ['with the title "{v}"', 'called "{v}"'],
              lambda s, r: " ".join(r.choice(s.items) for _ in range(r.range(1, 3)))),
    "message": ({"type": "string"}, ["Text of the message"], ['with the message "{v}"', 'saying "{v}"'],
                lambda s, r: " ".join(r.choice(s.items) for _ in range(r.range(2, 5)))),
    "count": ({"type": "integer"}, ["How many"], ["with count {v}", "{v} times"], lambda s, r: r.range(1, 99)),
    "quantity": ({"type": "integer"}, ["Number of pieces"], ["with quantity {v}", "with a quantity of {v}"],
                 lambda s, r: r.range(1, 500)),
    "days": ({"type": "integer"}, ["Number of days"], ["for {v} days"], lambda s, r: r.range(2, 30)),
    "minutes": ({"type": "integer"}, ["Minutes"], ["for {v} minutes", "in {v} minutes"], lambda s, r: r.range(2, 90)),
    "level": ({"type": "integer"}, ["Level"], ["at level {v}", "with level {v}"], lambda s, r: r.range(1, 100)),
    "price": ({"type": "number"}, ["Price"], ["with a price of {v}", "for a price of {v}"],
              lambda s, r: r.range(1, 200) + r.choice([0.5, 0.25, 0.75, 0.99])),
    "weight": ({"type": "number"}, ["Weight"], ["with weight {v}", "with a weight of {v}"],
               lambda s, r: r.range(1, 90) + r.below(9) / 10 + 0.1),
    "color": ({"type": "string", "enum": ["red", "green", "blue", "yellow"]}, ["Color"],
              ["in {v}", "in the color {v}", "with color {v}"], lambda s, r: r.choice(["red", "green", "blue",
                                                                                      "yellow"])),
    "tint": ({"type": "string"}, ["Color"], ["in {v}", "with tint {v}"], lambda s, r: r.choice(COLOURS)),
    "size": ({"type": "string", "enum": ["small", "medium", "large"]}, ["Size"],
             ["in size {v}", "with size {v}"], lambda s, r: r.choice(["small", "medium", "large"])),
    "priority": ({"type": "string", "enum": ["low", "normal", "high"]}, ["Priority"],
                 ["with {v} priority", "with priority {v}"], lambda s, r: r.choice(["low", "normal", "high"])),
    "unit": ({"type": "string", "enum": ["celsius", "fahrenheit"]}, ["Unit"],
             ["in {v}"], lambda s, r: r.choice(["celsius", "fahrenheit"])),
    "urgent": ({"type": "boolean"}, ["True when urgent"], ["with urgent {v}", "with urgent set to {v}"],
               lambda s, r: r.chance(0.5)),
    "repeat": ({"type": "boolean"}, ["Repeat or not"], ["with repeat {v}"], lambda s, r: r.chance(0.5)),
    "tags": ({"type": "array", "items": {"type": "string"}}, ["Tags"], ["with the tags {v}"],
             lambda s, r: several(r, s.items)),
    "guests": ({"type": "array", "items": {"type": "string"}}, ["Names of the guests"], ["with the guests {v}"],
               lambda s, r: several(r, s.names)),
}


def said(value):
    """A value as a request says it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(value[:-1]) + " and " + value[-1]
    return ("%.2f" % value).rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def exact(value):
    """A value as JSON writes it: 4.0 is 4, and floats have at most two digits."""
    if isinstance(value, float):
        value = round(value, 2)
        return int(value) if value == int(value) else value
    return value
