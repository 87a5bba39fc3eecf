"""Reads training/config/*.json and resolves the folders of the project."""
import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TRAINING = os.path.join(ROOT, "training")
WORK = os.path.join(ROOT, "artifacts", "nano")
MODEL_DIR = os.path.join(ROOT, "models", "kimi-nano")


def load(name="c"):
    """Config dictionary of training/config/<name>.json, or of a JSON file given by its path."""
    path = name if name.endswith(".json") else os.path.join(TRAINING, "config", name + ".json")
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def corpus_dir(given=None):
    """Corpus folder: --corpus, else BALTORO_CORPUS, else corpus/ at the root of the repository."""
    path = given or os.environ.get("BALTORO_CORPUS") or os.path.join(ROOT, "corpus")
    path = os.path.abspath(path)
    if not os.path.isdir(path):
        raise SystemExit("corpus folder not found: %s (use --corpus DIR or BALTORO_CORPUS)" % path)
    return path


def answers_dir():
    """Folder of the hand-written project data."""
    return os.path.join(TRAINING, "data", "answers")
