// Without the proto files, from server reflection alone: MODERATION_API_KEY=... node reflect.mjs ADDRESS POST_ID
// Submits a public post and prints the services, and the post as GetPost reads it.
import grpc from "@grpc/grpc-js";
import { GrpcReflection } from "grpc-js-reflection-client";
import { call, connect, print, representation } from "./client.mjs";

const [address, postId] = process.argv.slice(2);
const reflection = new GrpcReflection(address, grpc.credentials.createInsecure(), {}, "v1");
const services = await reflection.listServices();
const descriptor = await reflection.getDescriptorBySymbol("moderation.ingest.v1.IngestService");
const ingest = connect(descriptor.getPackageObject(representation).moderation.ingest.v1.IngestService);

await print(async () => {
  // Descriptors keep the names of the fields as the proto files write them.
  await call(ingest, "SubmitPost", {
    post: {
      post_id: postId,
      account_id: `author-of-${postId}`,
      audience: "AUDIENCE_PUBLIC",
      text: "You won a prize! Claim your free $1000 now: http://prize.example",
    },
    wait: { seconds: 10 },
  });
  return { services, post: await call(ingest, "GetPost", { post_id: postId }) };
});
ingest.close();
reflection.client.close();
