// usage: node encode.mjs TOKENIZER_DIR < lines > lines; each input line is a JSON string, each output line its ids.
import { createInterface } from "node:readline";
import { loadOracle } from "./oracle.mjs";

const encode = loadOracle(process.argv[2]);
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(encode(JSON.parse(line)))}\n`);
}
