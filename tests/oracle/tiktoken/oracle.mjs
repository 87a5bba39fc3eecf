// The official tokenizer: tiktoken's own implementation with Kimi's pattern and token file, and the outer cutting that
// the published tokenizer class does before it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tiktoken } from "tiktoken";

const MAX_STRETCH_CHARS = 400_000;
const MAX_RUN_CHARS = 25_000;

const PATTERN = [
  String.raw`[\p{Han}]+`,
  String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?`,
  String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?`,
  String.raw`\p{N}{1,3}`,
  String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*`,
  String.raw`\s*[\r\n]+`,
  String.raw`\s+(?!\S)`,
  String.raw`\s+`,
].join("|");

export function loadOracle(directory) {
  const tokens = readFileSync(join(directory, "tiktoken.model"), "ascii").trimEnd().split("\n").map((line) => line.split(" ")[0]);
  const encoding = new Tiktoken(`! 0 ${tokens.join(" ")}`, {}, PATTERN);
  return (text) => {
    const ids = [];
    for (const part of cut(text)) {
      for (const id of encoding.encode(part, [], [])) {
        ids.push(id);
      }
    }
    return ids;
  };
}

function* cut(text) {
  const characters = Array.from(text);
  for (let start = 0; start < characters.length; start += MAX_STRETCH_CHARS) {
    yield* cutRuns(characters.slice(start, start + MAX_STRETCH_CHARS));
  }
}

function* cutRuns(characters) {
  let start = 0;
  let runLength = 0;
  let runIsSpace = isSpace(characters[0]);
  for (let i = 0; i < characters.length; i++) {
    const now = isSpace(characters[i]);
    runLength = now === runIsSpace ? runLength + 1 : 1;
    runIsSpace = now;
    if (runLength > MAX_RUN_CHARS) {
      yield characters.slice(start, i).join("");
      start = i;
      runLength = 1;
    }
  }
  yield characters.slice(start).join("");
}

// Python's str.isspace: JavaScript's \s without U+FEFF, with U+001C..U+001F and U+0085.
function isSpace(character) {
  return /^[\s\x1c-\x1f\x85]$/u.test(character) && character !== "\ufeff";
}
