// Perspective's client from npm. Its address is a constant, so an interceptor of the axios that it uses moves each call to us.
// node perspective.mjs ROOT KEY JSON-LIST-OF-CALLS; prints one answer or error a call.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const Perspective = require("perspective-api-client");
const axios = createRequire(require.resolve("perspective-api-client"))("axios");
const [root, apiKey, calls] = process.argv.slice(2);

axios.interceptors.request.use((config) => ({
  ...config,
  url: config.url.replace("https://commentanalyzer.googleapis.com", root),
}));

const client = new Perspective({ apiKey });
const answers = [];
for (const { text, options } of JSON.parse(calls)) {
  try {
    answers.push({ response: await client.analyze(text, options) });
  } catch (error) {
    answers.push({ name: error.name, message: error.message, status: error.response?.status, error: error.response?.data?.error });
  }
}
console.log(JSON.stringify(answers));
