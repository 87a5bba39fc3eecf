// One JSON request per line on stdin, one JSON answer per line on stdout.
// {"schema": …}            -> {"ok": true} and later documents are checked against it, or {"error": "…"}
// {"document": "text"}     -> {"valid": true} or {"valid": false, "error": "…"}; the text must be JSON
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;
const readline = require("node:readline");

let validate = null;

function answer(request) {
  if (request.schema !== undefined) {
    const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true });
    addFormats(ajv);
    validate = ajv.compile(request.schema);
    return { ok: true };
  }
  let document;
  try {
    document = JSON.parse(request.document);
  } catch (fault) {
    return { valid: false, error: `not JSON: ${fault.message}` };
  }
  return validate(document) ? { valid: true } : { valid: false, error: JSON.stringify(validate.errors) };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  let result;
  try {
    result = answer(JSON.parse(line));
  } catch (fault) {
    result = { error: String(fault.message) };
  }
  process.stdout.write(JSON.stringify(result) + "\n");
});
