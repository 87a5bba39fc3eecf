"""Loads all source material once and works out what is reserved for evaluation."""
import re

from ..rng import hash_text
from . import corpora
from .wording import normal

IDENTITY = re.compile(r"your name|who (made|created|built|programmed|designed)|what are you\b|are you (cortana|siri|"
                      r"alexa|human|a bot|real)|microsoft|bing", re.I)
ROUGH = re.compile(r"\b(sex|sexy|gay|lesbian|trans|queer|naked|marry|horny|nude|porn|drunk|kill|suicide|hitler|"
                   r"damn|hell|ass|crap|god|fart|burp|poop|bite me)\b", re.I)


FUNCTION = {"have", "will", "must", "does", "mine", "that", "this", "then", "than", "there", "here", "well", "with",
            "more", "most", "some", "many", "much", "were", "been", "what", "being", "over", "down", "like"}


def held(key, one_in):
    """True for about one in `one_in` keys, the same ones forever."""
    return hash_text(key) % one_in == 0


def weight(row):
    """How often a hand-written row comes: quantum topics and technology more often than the rest."""
    if row["kind"] == "qa":
        return 4
    if row["topic"] == "quantum computing":
        return 12
    if "quantum" in row["topic"] or row["topic"] in ("a qubit", "superposition"):
        return 6
    return 5 if row["file"].startswith("technology") else 3


class Sources:
    """Corpus rows in the forms the families need."""

    def __init__(self, corpus, answers_folder):
        self.corpus, self.folder = corpus, answers_folder
        self.rescan()
        self._prose()
        self._chat()
        self._facts()

    def rescan(self):
        """Reads the hand-written rows again (they may have grown)."""
        self.concepts, self.qa, self.dialogs, self.reserved = [], [], [], set()
        for row in corpora.answers(self.folder):
            if row["kind"] == "concept" and row.get("topic") and row.get("answers"):
                self.concepts.append(self._tidy(row))
            elif row["kind"] == "qa" and row.get("questions") and row.get("answers"):
                row = self._tidy(row)
                qs = row["questions"]
                row["reserved"] = qs[-1] if len(qs) >= 5 else None
                row["train"] = qs[:-1] if len(qs) >= 5 else qs
                if row["reserved"]:
                    self.reserved.add(normal(row["reserved"]))
                self.qa.append(row)
            elif row["kind"] == "dialog" and row.get("messages"):
                self.dialogs.append(self._tidy(row))
        taught = {normal(q) for row in self.qa for q in row["train"]}
        self.reserved -= taught
        self.pool = []
        for row in self.concepts + self.qa:
            self.pool.extend([row] * weight(row))

    def _tidy(self, row):
        if isinstance(row, str):
            return corpora.clean(row).strip()
        if isinstance(row, list):
            return [self._tidy(v) for v in row]
        if isinstance(row, dict):
            return {k: self._tidy(v) for k, v in row.items()}
        return row

    def _prose(self):
        self.prose, self.stories, self.held_prose = [], [], []
        for name in corpora.PROSE:
            for row in corpora.rows(self.corpus, name):
                text = corpora.clean(row["text"])
                if held(text[:200], 120):
                    self.held_prose.append(text)
                elif name == "prose/storybooks":
                    self.stories.append(re.sub(r"(?<!\n)\n(?!\n)", " ", text))
                else:
                    self.prose.append(text)

    def _chat(self):
        self.chitchat, self.held_chat = {}, []
        for row in corpora.rows(self.corpus, "chat/chitchat_personas"):
            head, answer = " | ".join(row["questions"][:60]), corpora.clean(row["answer"])
            if IDENTITY.search(head) or ROUGH.search(head + answer) or len(answer) > 300:
                continue
            qs = [q for q in map(corpora.clean, row["questions"]) if 2 <= len(q) <= 90 and "=" not in q]
            keep = [q for q in qs if not held(normal(q), 15)] or qs[:1]
            self.chitchat.setdefault(row["persona"], []).append((keep, answer))
            self.held_chat.append((row["persona"], [q for q in qs if held(normal(q), 15) and q not in keep], answer))
        self.chatterbot = []
        for row in corpora.rows(self.corpus, "chat/chatterbot_english"):
            text = str(row["messages"])
            short = all(len(m["content"]) < 300 for m in row["messages"])
            if row["topic"] not in ("ai", "botprofile", "gossip", "psychology", "emotion", "humor", "politics") \
                    and short and not IDENTITY.search(text) and not ROUGH.search(text):
                self.chatterbot.append(row["messages"])
        self.instructions = [r["messages"] for r in corpora.rows(self.corpus, "chat/simple_instructions")
                             if not held(r["messages"][0]["content"], 20)]
        self.jokes = [(corpora.clean(r["setup"]), corpora.clean(r["punchline"]))
                      for r in corpora.rows(self.corpus, "chat/jokes") if not ROUGH.search(str(r))]

    def _facts(self):
        self.words = [r for r in corpora.rows(self.corpus, "facts/wordnet_common")
                      if r["count"] >= 3 and len(r["definition"]) < 110 and r["word"].islower()
                      and len(r["word"]) > 3 and r["word"] not in FUNCTION and not ROUGH.search(r["definition"])]
        self.common = sorted(self.words, key=lambda r: -r["count"])[:600]
        self.opposites = [r for r in self.words if r["antonyms"] and r["count"] >= 8]
        known = {r["name"]: r for r in corpora.rows(self.corpus, "facts/world_factbook") if r.get("capital")}
        self.countries = []
        for r in corpora.rows(self.corpus, "facts/countries"):
            if r.get("city") and r["country"] in known and r.get("population", 0) > 1500000:
                capital = re.split(r" ?[(;,]| note", known[r["country"]]["capital"])[0]
                self.countries.append(dict(r, city=capital))
        lists = {r["list"]: r["data"] for r in corpora.rows(self.corpus, "facts/word_lists")}
        names = [n for n in lists["humans/firstNames"]["firstNames"] if n.isalpha()]
        self.names = [n for n in names if not held(n, 10)]
        self.held_names = [n for n in names if held(n, 10)]
        self.nouns = [n for n in lists["words/nouns"]["nouns"] if n.isalpha() and n.islower() and len(n) < 9]
        self.fruits = [f for f in lists["foods/fruits"]["fruits"] if f.isalpha()]
        self.animals = [a for a in lists["animals/common"]["animals"] if a.isalpha()]
        self.cities = [r["city"] for r in self.countries if r["city"].replace(" ", "").isalpha()]
        self.short_words = [n for n in self.nouns if 3 <= len(n) <= 6 and not held("word" + n, 10)]
        self.held_words = [n for n in self.nouns if 3 <= len(n) <= 6 and held("word" + n, 10)]
        from .fields import Values
        self.values = Values(self)
