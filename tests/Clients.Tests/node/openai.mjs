// OpenAI's client from npm, its baseURL pointed at us. node openai.mjs ROOT KEY JSON-LIST-OF-REQUESTS; prints one answer or error each.
import OpenAI from "openai";

const [root, apiKey, requests] = process.argv.slice(2);
const client = new OpenAI({ apiKey, baseURL: `${root}/v1`, maxRetries: 0 });
const answers = [];
for (const request of JSON.parse(requests)) {
  try {
    const response = await client.moderations.create(request);
    answers.push({ response, requestId: response._request_id });
  } catch (error) {
    answers.push({ name: error.constructor.name, status: error.status, error: error.error });
  }
}
console.log(JSON.stringify(answers));
