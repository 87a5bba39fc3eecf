// Talks to a running server with OpenAI's official Node client and prints what it saw as one line of JSON.
// Environment: BALTORO_URL (with /v1), BALTORO_KEY.
import OpenAI from 'openai';

const client = new OpenAI({ apiKey: process.env.BALTORO_KEY, baseURL: process.env.BALTORO_URL, maxRetries: 0 });
const messages = [
  { role: 'system', content: 'You are a helpful assistant.' },
  { role: 'user', content: 'Explain quantum computing in simple terms.' },
];

const response = await client.chat.completions.create({ model: 'kimi-k2-5', messages, temperature: 0.7, max_tokens: 2048 });

const stream = await client.chat.completions.create({
  model: 'kimi-k2-5-thinking', messages, stream: true, stream_options: { include_usage: true },
});
let content = '', reasoning = '', finish = null, usage = null, choiceUsage = null;
for await (const chunk of stream) {
  const choice = chunk.choices[0];
  content += choice?.delta?.content ?? '';
  reasoning += choice?.delta?.reasoning_content ?? '';
  finish = choice?.finish_reason ?? finish;
  choiceUsage = choice?.usage ?? choiceUsage;
  usage = chunk.usage ?? usage;
}

const failure = async (action) => {
  try {
    await action();
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, type: error.type, requestId: Boolean(error.requestID) };
  }
};

console.log(JSON.stringify({
  content: response.choices[0].message.content,
  requestId: Boolean(response._request_id),
  stream: { content, reasoning, finish, usage, choiceUsage },
  models: (await client.models.list()).data.map((model) => model.id),
  model: (await client.models.retrieve('moonshotai/kimi-k2.5')).id,
  notFound: await failure(() => client.chat.completions.create({ model: 'gpt-4', messages })),
  badRequest: await failure(() => client.chat.completions.create({ model: 'kimi-k2.5', messages, temperature: 0.7 })),
  unauthorized: await failure(() => new OpenAI({ apiKey: 'sk-wrong', baseURL: process.env.BALTORO_URL, maxRetries: 0 }).models.list()),
}));
