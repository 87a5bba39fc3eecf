// Multi-step tool loops with thinking through agent libraries: Vercel's AI SDK with two providers, and LangChain.
// Prints what they saw as one line of JSON. Environment: BALTORO_URL (with /v1), BALTORO_KEY.
import { generateText, streamText, generateObject, tool, stepCountIs } from 'ai';
import { createMoonshotAI } from '@ai-sdk/moonshotai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { z } from 'zod';

const baseURL = process.env.BALTORO_URL;
const apiKey = process.env.BALTORO_KEY;
const Weather = z.object({ city: z.string().max(12), unit: z.enum(['c', 'f']) });
const prompt = 'What is the weather in Paris?';

const moonshot = createMoonshotAI({ apiKey, baseURL });
const compatible = createOpenAICompatible({ name: 'baltoro', apiKey, baseURL, supportsStructuredOutputs: true });

const ask = (model, asked) => ({
  model, prompt, maxRetries: 0, stopWhen: stepCountIs(4),
  tools: {
    get_weather: tool({
      description: 'Weather of a city.', inputSchema: Weather, execute: async (call) => { asked.push(call); return `18 ${call.unit}`; },
    }),
  },
});

const whole = async (model) => {
  const asked = [];
  const result = await generateText(ask(model, asked));
  return { asked, text: result.text, reasoning: result.reasoningText, finish: result.steps.map((step) => step.finishReason) };
};

const streamed = async (model) => {
  const asked = [];
  const result = streamText({ ...ask(model, asked), onError: ({ error }) => { throw error; } });
  let text = '';
  for await (const piece of result.textStream) {
    text += piece;
  }
  return { asked, text, reasoning: await result.reasoningText, finish: (await result.steps).map((step) => step.finishReason) };
};

const langchain = async () => {
  const model = new ChatOpenAI({ model: 'kimi-k2-5-thinking', apiKey, maxRetries: 0, maxTokens: 200, configuration: { baseURL } });
  const bound = model.bindTools([{
    type: 'function',
    function: { name: 'get_weather', parameters: z.toJSONSchema(Weather, { target: 'draft-7' }) },
  }]);
  const messages = [new HumanMessage(prompt)];
  const asked = [];
  for (let step = 0; step < 4; step++) {
    const answer = await bound.invoke(messages);
    messages.push(answer);
    if (!answer.tool_calls?.length) {
      return { asked, text: answer.content };
    }
    for (const call of answer.tool_calls) {
      asked.push(Weather.parse(call.args));
      messages.push(new ToolMessage({ content: `18 ${call.args.unit}`, tool_call_id: call.id }));
    }
  }
  return { asked, text: null };
};

const object = await generateObject({ model: compatible('kimi-k2-5'), prompt, schema: Weather, maxRetries: 0, maxOutputTokens: 200 });

console.log(JSON.stringify({
  moonshot: await whole(moonshot('kimi-k2.5')),
  moonshotStream: await streamed(moonshot('kimi-k2.5')),
  compatible: await whole(compatible('kimi-k2-5-thinking')),
  compatibleStream: await streamed(compatible('kimi-k2-5-thinking')),
  langchain: await langchain(),
  object: object.object,
}));
