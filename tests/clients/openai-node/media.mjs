// Sends pictures and handles files with OpenAI's official Node client; prints what it saw as one line of JSON.
// Environment: BALTORO_URL (with /v1), BALTORO_KEY, PICTURE (a data URL).
import OpenAI, { toFile } from 'openai';

const client = new OpenAI({ apiKey: process.env.BALTORO_KEY, baseURL: process.env.BALTORO_URL, maxRetries: 0 });
const picture = process.env.PICTURE;
const bytes = Buffer.from(picture.slice(picture.indexOf(',') + 1), 'base64');

const ask = async (url) => (await client.chat.completions.create({
  model: 'kimi-k2-5',
  messages: [{
    role: 'user',
    content: [{ type: 'image_url', image_url: { url, detail: 'high' } }, { type: 'text', text: 'What is in the picture?' }],
  }],
})).choices[0].message.content;

const failure = async (action) => {
  try {
    await action();
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, type: error.type, param: error.param };
  }
};

const file = await client.files.create({ file: await toFile(bytes, 'cat.png', { type: 'image/png' }), purpose: 'image' });
const text = await client.files.create({ file: await toFile(Buffer.from('# Notes'), 'notes.md'), purpose: 'file-extract' });
const listed = [];
for await (const entry of client.files.list({ limit: 1 })) {
  listed.push(entry.id);
}

const retrieved = await client.files.retrieve(file.id);
const content = await (await client.files.content(text.id)).json();
const raw = Buffer.from(await (await client.files.content(file.id)).arrayBuffer());
const byId = await ask(`ms://${file.id}`);
const deleted = await client.files.delete(file.id);

console.log(JSON.stringify({
  inline: await ask(picture),
  byId,
  file: { bytes: file.bytes === bytes.length, filename: file.filename, purpose: file.purpose, status: file.status },
  listed: listed.includes(file.id) && listed.includes(text.id),
  retrieved: retrieved.id === file.id,
  content: content.content,
  raw: raw.equals(bytes),
  deleted: deleted.deleted,
  gone: await failure(() => client.files.retrieve(file.id)),
  notAPicture: await failure(() => ask('data:image/png;base64,aGVsbG8gd29ybGQgaGVsbG8=')),
}));
