// usage: node golden.mjs TOKENIZER_DIR > ../../data/tokenizer/golden.json; deterministic.
import { loadOracle } from "./oracle.mjs";

const FIXED = [
  "", " ", "  ", "\n", "\r\n", "\r", "\t", "\u0000", "\u00a0", "\u3000", "a", "A", "é", "e\u0301", "ſ", "İ", "ß", "ﬁ", "Ǆ", "ǅ",
  "Hello, world!", "You are Kimi, an AI assistant created by Moonshot AI.", "don't WON'T I'll we've it's THEY'RE you'D 'tis '’s",
  "it'ſ IT'ſ x'S x'lL x'Ve x'rE", "getUserName iPhone helloWorld HTTPServer XMLHttpRequest2 snake_case kebab-case",
  "1234567890 3.14159 １２３ ١٢٣ Ⅳ ½ ²³ 一二三 〇〡〢 1〇2", "  leading and trailing   ", "a\n\n\nb\r\n  c \t d\r\r\ne", "x  \n  y \n\n z   ",
  "“Hello,” 世界世世世界世界——I'm ChatGPT. CAN'T wait 'til 2026.世界世界", "日本語のテキスト々〇漢字カタカナひらがな", "한국어 텍스트 조선말",
  "Привет, мир! Как дела?", "Γειά σου Κόσμε", "שלום עולם", "مرحبا بالعالم", "สวัสดีชาวโลก", "नमस्ते दुनिया", "ສະບາຍດີ", "ამერიკა", "Հայերեն",
  "😀👍🏽 emoji 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪", "𠀀𠀁abc 𝒜𝒷𝒸 𐐀𐐨", "⺀⼀〆〸!⺀ ㍿㌀", "𖿢𖿣x𖿰𖿱y", "A\u0301B\u0301c\u0301", "\u0301\u0301abc\u0301ABC",
  "def f(x):\n    return x**2  # comment\n", "{\"city\": \"Beijing\", \"days\": [1, 2, 3]}", "functions.get_weather:0", "<|im_end|>", "<|im_user|>user<|im_middle|>",
  "[BOS][EOS][EOT]<think></think><|tool_calls_section_begin|>", "#include <stdio.h>\r\nint main(void) { return 0; }\r\n", "https://example.org/a?b=c&d=%20#e",
  "\ufeffBOM", "\u200b\u200c\u200d\u2060", "\u001c\u001d\u001e\u001f", "\u0085x\u2028y\u2029z", "a\ud800b", "\udc00", "\ud83d", "x\ud800\ud800y", "\uffff\ufffe\ufffd",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

const POOLS = [
  " \t\n\r\u00a0\u2003\u3000", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789٣４Ⅷ½", ".,;:!?-_/\\'\"()[]{}<>|@#$%^&*+=~`",
  "世界中文漢字々〇〡", "éüñçßøåÆŒŁšžǅʰªºſ", "\u0300\u0301\u0327\u20dd\u0903", "АБВгдеЯю", "αβγΔΩ", "カタかなー", "한국어", "ابتثשלום", "😀🚀👍🏽\u200d♀\ufe0f", "𠀀𝒜𐐀𐐨𖿢", "'s't're'LL'D",
];

function random(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * bound);
  };
}

const next = random(20260127);
const texts = [...FIXED];
while (texts.length < 400) {
  let text = "";
  for (let words = 1 + next(8); words > 0; words--) {
    const pool = Array.from(POOLS[next(POOLS.length)]);
    for (let length = 1 + next(7); length > 0; length--) {
      text += pool[next(pool.length)];
    }
  }
  texts.push(text);
}

const encode = loadOracle(process.argv[2]);
const cases = texts.map((text) => `    ${JSON.stringify({ text, ids: encode(text) })}`);
process.stdout.write(`{
  "provenance": "Ids by npm tiktoken 1.0.22 (OpenAI, MIT) with Kimi K2.5's split pattern and tiktoken.model (sha256 b6c497a7469b33ced9c38afb1ad6e47f03f5e5dc05f15930799210ec050c5103); texts written for this repository; made by tests/oracle/tiktoken/golden.mjs.",
  "cases": [
${cases.join(",\n")}
  ]
}
`);
