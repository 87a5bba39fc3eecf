// Log probabilities through OpenAI's official Node client; prints what it saw as one line of JSON.
// Environment: BALTORO_URL (with /v1), BALTORO_KEY.
import OpenAI from 'openai';

const client = new OpenAI({ apiKey: process.env.BALTORO_KEY, baseURL: process.env.BALTORO_URL, maxRetries: 0 });
const request = { model: 'kimi-k2-5', messages: [{ role: 'user', content: 'Hi' }], logprobs: true, top_logprobs: 1 };
const seen = (choice) => choice.logprobs.content.map(({ token, logprob, forced }) => ({ token, logprob, forced }));

const reply = await client.chat.completions.create(request);
const streamed = await client.chat.completions.stream(request).finalChatCompletion();
console.log(JSON.stringify({ whole: seen(reply.choices[0]), streamed: seen(streamed.choices[0]) }));
