"""Counter-based random numbers: sample i of a family is a pure function of (family, version, i)."""

MASK = (1 << 64) - 1


def mix64(x):
    """SplitMix64 finaliser (Steele, Lea, Flood 2014)."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def hash_text(text):
    """64-bit FNV-1a of the UTF-8 bytes, finalised with mix64."""
    h = 0xCBF29CE484222325
    for b in text.encode("utf-8"):
        h = ((h ^ b) * 0x100000001B3) & MASK
    return mix64(h)


class Rng:
    """Random stream of one sample."""

    def __init__(self, family, version, index):
        self.state = mix64(hash_text(family) ^ mix64(version * 0x632BE59BD9B4E019 + index))

    def next(self):
        """Next 64-bit word."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        return mix64(self.state)

    def below(self, n):
        """Integer in [0, n)."""
        return self.next() % n

    def range(self, low, high):
        """Integer in [low, high], both ends included."""
        return low + self.below(high - low + 1)

    def unit(self):
        """Float in [0, 1)."""
        return (self.next() >> 11) / float(1 << 53)

    def chance(self, p):
        """True with probability p."""
        return self.unit() < p

    def choice(self, items):
        """One element of a non-empty list."""
        return items[self.below(len(items))]

    def weighted(self, items, weights):
        """One element, probability proportional to its weight."""
        x = self.unit() * sum(weights)
        for item, w in zip(items, weights):
            x -= w
            if x < 0:
                return item
        return items[-1]

    def shuffled(self, items):
        """New shuffled list (Fisher-Yates)."""
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = self.below(i + 1)
            out[i], out[j] = out[j], out[i]
        return out

    def sample(self, items, k):
        """k different positions of the list."""
        return self.shuffled(items)[:k]
