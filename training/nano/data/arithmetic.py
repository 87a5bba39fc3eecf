"""Small arithmetic with column-by-column thoughts, and comparisons.

A thought first writes each number by places (h hundreds, t tens, o ones), so that every later step only looks up the
digit behind a letter; c is a carry, b a borrow.
"""
from .registry import family
from .sources import held
from .wording import vary, with_system

PLACES = "othkm"
ASK = {
    "+": ["What is {a} + {b}?", "{a} + {b}", "{a} + {b} = ?", "Calculate {a} + {b}.", "What is {a} plus {b}?",
          "Add {a} and {b}.", "How much is {a} plus {b}?", "Compute {a} + {b}.", "{a}+{b}", "{a}+{b}=",
          "Find the sum of {a} and {b}.", "What is the sum of {a} and {b}?"],
    "-": ["What is {a} - {b}?", "{a} - {b}", "{a} - {b} = ?", "Calculate {a} - {b}.", "What is {a} minus {b}?",
          "Subtract {b} from {a}.", "How much is {a} minus {b}?", "Compute {a} - {b}.", "{a}-{b}", "{a}-{b}=",
          "Find the difference of {a} and {b}.", "Take {b} away from {a}."],
    "*": ["What is {a} * {b}?", "What is {a} times {b}?", "Multiply {a} by {b}.", "{a} x {b} = ?",
          "Calculate {a} times {b}.", "{a}*{b}", "What is the product of {a} and {b}?", "Compute {a} * {b}."],
}
RESERVED_ASK = {"+": ["Can you work out {a} + {b}?", "What do you get when you add {a} and {b}?"],
                "-": ["Can you work out {a} - {b}?", "What is left when you take {b} from {a}?"],
                "*": ["Can you work out {a} * {b}?", "What do you get when you multiply {a} and {b}?"]}


def reserved(a, op, b):
    """True for about one problem in 50; those are used in evaluation only (both numbers above 9)."""
    return min(a, b) > 9 and held("%d%s%d" % (a, op, b), 50)


def reserved_product(a, b):
    """About one product in 20 of a longer number and a digit."""
    return max(a, b) > 12 and held("%d*%d" % (a, b), 20)


def by_places(n, width):
    """'h3 t9 o5' of 395."""
    digits = str(n).rjust(width, "0")
    return " ".join(PLACES[width - 1 - i] + d for i, d in enumerate(digits))


def column(a, op, b):
    """Written addition or subtraction of a >= b >= 0 from the right, then the digits of the result."""
    width = max(len(str(a)), len(str(b)))
    x, y = str(a).rjust(width, "0"), str(b).rjust(width, "0")
    steps, out, carry = ["%s %s %s." % (by_places(a, width), op, by_places(b, width))], [], 0
    for i in range(width):
        p, q, place = int(x[-1 - i]), int(y[-1 - i]), PLACES[i]
        extra = "%s%d" % (op, carry) if i else ""
        if op == "+":
            s = p + q + carry
            carry = s // 10
            line = "%s: %d+%d%s=%d, %s%d c%d." % (place, p, q, extra, s, place, s % 10, carry)
            out.append(s % 10)
        else:
            s = p - q - carry
            carry = 1 if s < 0 else 0
            line = "%s: %s%d-%d%s=%d, %s%d b%d." % (place, "1" if s < 0 else "", p, q, extra, s % 10, place, s % 10,
                                                   carry)
            out.append(s % 10)
        steps.append(line)
    if op == "+" and carry:
        out.append(1)
    digits = " ".join(PLACES[i] + str(out[i]) for i in range(len(out) - 1, -1, -1))
    return " ".join(steps) + " Result %s =" % digits


def product(a, b):
    """Written product of a longer number and one digit."""
    width, carry, out = len(str(a)), 0, []
    steps = ["%s * %d." % (by_places(a, width), b)]
    for i, d in enumerate(reversed(str(a))):
        s, place = int(d) * b + carry, PLACES[i]
        extra = "+%d=%d" % (carry, s) if i else ""
        steps.append("%s: %s*%d=%d%s, %s%d c%d." % (place, d, b, int(d) * b, extra, place, s % 10, s // 10))
        out.append(s % 10)
        carry = s // 10
    if carry:
        out.append(carry)
    digits = " ".join(PLACES[i] + str(out[i]) for i in range(len(out) - 1, -1, -1))
    return " ".join(steps) + " Result %s =" % digits


def solve(a, op, b):
    """(result, thought)."""
    result = a + b if op == "+" else a - b if op == "-" else a * b
    if op == "*":
        if max(a, b) < 13 or min(a, b) > 9:
            return result, "%d*%d=%d." % (a, b, result)
        return result, "%s %d." % (product(max(a, b), min(a, b)), result)
    if a < 10 and b < 10:
        return result, "%d%s%d=%d." % (a, op, b, result)
    if op == "-" and a < b:
        return result, "%d is more than %d, so turn them round. %s %d. So it is %d." % (
            b, a, column(b, op, a), -result, result)
    return result, "%s %d." % (column(a, op, b), result)


def numbers(rng, op):
    """Two operands of one to four digits."""
    if op == "*":
        if rng.chance(0.5):
            return rng.range(0, 12), rng.range(0, 12)
        return rng.range(13, rng.choice([99, 99, 999])), rng.range(2, 9)
    first = rng.weighted([10, 100, 1000, 10000], [12, 34, 50, 4])
    second = first if rng.chance(0.75) else 10 ** rng.range(1, len(str(first)) - 1)
    a, b = rng.below(first), rng.below(second)
    if op == "+":
        return (a, b) if rng.chance(0.7) else (b, a)
    return (min(a, b), max(a, b)) if rng.chance(0.05) else (max(a, b), min(a, b))


@family("arithmetic")
def arithmetic(sources, rng):
    """One sum, difference or product; thinking shows the columns, and an answer without thinking shows them too."""
    op = rng.weighted(["+", "-", "*"], [5, 5, 3])
    a, b = numbers(rng, op)
    if reserved_product(max(a, b), min(a, b)) if op == "*" else reserved(a, op, b):
        return None
    result, thought = solve(a, op, b)
    sign = "times" if op == "*" else op
    answer = rng.choice(["%d %s %d = %d." % (a, op, b, result), "%d %s %d is %d." % (a, sign, b, result)])
    question = rng.choice(ASK[op]).format(a=a, b=b)
    small = len(thought) < 12
    thinking = rng.chance(0.6)
    if not thinking and not small:
        answer = thought + " " + answer
    return {"messages": with_system(rng, [
        {"role": "user", "content": vary(rng, question, typos=False)},
        {"role": "assistant", "content": answer, "reasoning_content": thought}]), "thinking": thinking}


def compare_thought(a, b, word, best):
    """Digits by place, then the first place that differs."""
    width = max(len(str(a)), len(str(b)))
    text = "%s, %s." % (by_places(a, width), by_places(b, width))
    for p, q, place in zip(str(a).rjust(width, "0"), str(b).rjust(width, "0"), reversed(PLACES[:width])):
        text += " %s: %s%s%s." % (place, p, "=" if p == q else "<" if p < q else ">", q)
        if p != q:
            break
    return "%s %d is %s." % (text, best, word)


@family("compare")
def compare(sources, rng):
    """The larger or smaller of two or three numbers."""
    limit = rng.choice([20, 100, 100, 1000, 1000])
    items = rng.sample(range(limit), rng.weighted([2, 3, 4], [6, 2, 1]))
    if len(items) == 2 and rng.chance(0.25):
        items[1] = min(limit - 1, items[0] // 10 * 10 + rng.below(10))
        if items[0] == items[1]:
            return None
    if held("cmp" + str(items), 50):
        return None
    big = rng.chance(0.5)
    word = rng.choice(["larger", "bigger", "greater"] if big else ["smaller", "less", "smaller"])
    best = max(items) if big else min(items)
    if len(items) == 2:
        a, b = items
        other = b if best == a else a
        word = "smaller" if word == "less" else word
        question = rng.choice(["Which is {w}, {a} or {b}?", "Which is {w}, {a} or {b}?",
                               "Which number is {w}: {a} or {b}?", "Is {a} or {b} {w}?",
                               "What is {w}, {a} or {b}?", "{a} or {b}: which one is {w}?"]).format(w=word, a=a, b=b)
        answer = "%d is %s than %d." % (best, word, other)
        thought = compare_thought(a, b, word, best)
    else:
        word = "largest" if big else "smallest"
        text = ", ".join(map(str, items))
        question = rng.choice(["What is the {w} number: {t}?", "Find the {w} number in this list: {t}",
                               "Which of these is the {w}: {t}?", "Give me the {w} of {t}."]).format(w=word, t=text)
        answer, thought, at = "The %s number is %d." % (word, best), "", items[0]
        for n in items[1:]:
            new = max(at, n) if big else min(at, n)
            thought += "%d and %d: %d. " % (at, n, new)
            at = new
        thought = thought.strip()
    thinking = rng.chance(0.6)
    return {"messages": with_system(rng, [
        {"role": "user", "content": question},
        {"role": "assistant", "content": answer, "reasoning_content": thought}]), "thinking": thinking}
