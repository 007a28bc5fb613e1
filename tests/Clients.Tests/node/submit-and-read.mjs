// With the proto files at hand: MODERATION_API_KEY=... node submit-and-read.mjs ADDRESS POST_ID [REVISION]
// Submits a public post and prints it as GetPost reads it.
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { call, connect, print, protos, representation } from "./client.mjs";

const [, postId, revision] = process.argv.slice(2);
const definition = loadSync("moderation/ingest/v1/ingest_service.proto", { ...representation, includeDirs: [protos] });
const ingest = connect(grpc.loadPackageDefinition(definition).moderation.ingest.v1.IngestService);

await print(async () => {
  await call(ingest, "SubmitPost", {
    post: {
      postId,
      accountId: `author-of-${postId}`,
      revision,
      audience: "AUDIENCE_PUBLIC",
      text: "You won a prize! Claim your free $1000 now: http://prize.example",
    },
    wait: { seconds: 10 },
  });
  return call(ingest, "GetPost", { postId });
});
ingest.close();
