// Tool loops and structured output through OpenAI's official Node client; prints what it saw as one line of JSON.
// Environment: BALTORO_URL (with /v1), BALTORO_KEY.
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';

const client = new OpenAI({ apiKey: process.env.BALTORO_KEY, baseURL: process.env.BALTORO_URL, maxRetries: 0 });
const messages = [{ role: 'user', content: 'What is the weather in Paris?' }];
const Weather = z.object({ city: z.string().max(12), unit: z.enum(['c', 'f']) });

// A whole loop: the client calls the function and sends its answer back, as often as the model asks.
const loop = async (stream) => {
  const asked = [];
  const runner = client.chat.completions.runTools({
    model: 'kimi-k2-5-thinking', messages, stream, max_tokens: 200,
    tools: [{
      type: 'function',
      function: {
        name: 'get_weather',
        parameters: { type: 'object', properties: { city: { type: 'string', maxLength: 12 }, unit: { enum: ['c', 'f'] } }, required: ['city', 'unit'], additionalProperties: false },
        parse: (text) => Weather.parse(JSON.parse(text)),
        function: (call) => { asked.push(call); return `18 ${call.unit}`; },
      },
    }],
  }, { maxChatCompletions: 4 });
  const content = await runner.finalContent();
  return { asked, content, roles: runner.messages.map((message) => message.role), finish: runner.allChatCompletions().map((reply) => reply.choices[0].finish_reason) };
};

const parsed = await client.chat.completions.parse({
  model: 'kimi-k2-5', messages, response_format: zodResponseFormat(Weather, 'weather'), max_tokens: 200,
});

const called = await client.chat.completions.parse({
  model: 'kimi-k2-5', messages, tools: [zodFunction({ name: 'get_weather', parameters: Weather })], tool_choice: 'required', max_tokens: 200,
});

console.log(JSON.stringify({
  whole: await loop(false),
  streamed: await loop(true),
  parsed: parsed.choices[0].message.parsed,
  called: called.choices[0].message.tool_calls?.map((call) => call.function.parsed_arguments),
}));
