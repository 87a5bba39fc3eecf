// Shows pictures in every place of a conversation to a running server with OpenAI's official Node client; prints what was
// counted as one line of JSON. Environment: BALTORO_URL (with /v1), BALTORO_KEY, RED and GREEN (data URLs).
import OpenAI, { toFile } from 'openai';

const client = new OpenAI({ apiKey: process.env.BALTORO_KEY, baseURL: process.env.BALTORO_URL, maxRetries: 0 });
const bytes = (url) => Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
const picture = (url, detail) => ({ type: 'image_url', image_url: { url, ...(detail && { detail }) } });
const words = (text) => ({ type: 'text', text });
const red = process.env.RED;
const green = process.env.GREEN;

const call = { id: 'look:0', type: 'function', function: { name: 'look', arguments: '{}' } };
const tools = [{ type: 'function', function: { name: 'look', description: 'Takes a picture.', parameters: { type: 'object', properties: {} } } }];
const file = await client.files.create({ file: await toFile(bytes(green), 'green.png', { type: 'image/png' }), purpose: 'image' });

const conversations = {
  one: [{ role: 'user', content: [picture(red), words('What colour is it?')] }],
  several: [{ role: 'user', content: [words('First'), picture(red, 'high'), words('second'), picture(green, 'low'), picture(red)] }],
  history: [
    { role: 'system', content: 'You see.' },
    { role: 'user', content: [picture(red)] },
    { role: 'assistant', content: 'Red.' },
    { role: 'user', content: [picture(`ms://${file.id}`), words('And this?')] },
  ],
  tool: [
    { role: 'user', content: 'Look.' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: call.id, content: [words('taken'), picture(red)] },
  ],
  film: [{ role: 'user', content: [{ type: 'video_url', video_url: { url: [red, `ms://${file.id}`, red], fps: 2 } }, words('What happens?')] }],
};

const count = async (messages, more) => {
  const request = { model: 'kimi-k2-5', messages, max_tokens: 4, seed: 7, temperature: 0, ...more };
  const whole = await client.chat.completions.create(request);
  const stream = await client.chat.completions.create({ ...request, stream: true, stream_options: { include_usage: true } });
  let text = '';
  let usage = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    usage = chunk.usage ?? usage;
  }

  const estimate = await client.post('/tokenizers/estimate-token-count', { body: request });
  const quote = await client.post('/quote', { body: request });
  return {
    usage: whole.usage.prompt_tokens,
    stream: usage.prompt_tokens,
    estimate: estimate.data.total_tokens,
    quote: quote.prompt_tokens,
    same: text === (whole.choices[0].message.content ?? ''),
  };
};

const seen = {};
for (const [name, messages] of Object.entries(conversations)) {
  seen[name] = await count(messages, name === 'tool' ? { tools } : {});
}

console.log(JSON.stringify(seen));
