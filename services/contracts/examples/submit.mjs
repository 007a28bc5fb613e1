// Submits one public post over gRPC and prints what was decided: node submit.mjs [ADDRESS]
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const apiKey = process.env.MODERATION_API_KEY ?? readFileSync(`${root}.dev/api-key`, "utf8").trim();

// 64-bit numbers come as strings, because a JavaScript number holds 53 bits; enums come by their names.
const definition = loadSync("moderation/ingest/v1/ingest_service.proto", { includeDirs: [`${root}protos`], longs: String, enums: String });
const { IngestService } = grpc.loadPackageDefinition(definition).moderation.ingest.v1;
const ingest = new IngestService(process.argv[2] ?? "127.0.0.1:8081", grpc.credentials.createInsecure());

const metadata = new grpc.Metadata();
metadata.set("x-api-key", apiKey);
const answer = await promisify(ingest.submitPost).call(
  ingest,
  {
    post: {
      postId: "from-node-1",
      accountId: "account-1",
      audience: "AUDIENCE_PUBLIC",
      text: "You won a prize! Claim your free $1000 now: http://prize.example",
    },
    wait: { seconds: 5 },
  },
  metadata,
  { deadline: Date.now() + 10_000 },
);
console.log(answer.decision.decisionId, answer.decision.outcome);
for (const measure of answer.decision.measures ?? []) {
  console.log(measure.kind, "for", measure.category, "by rule", measure.ruleId);
}
ingest.close();
