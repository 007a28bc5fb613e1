// What both ways to the suite share: one call, one error, one JSON.
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

export const protos = fileURLToPath(new URL("../../../protos", import.meta.url));

// A JavaScript number holds 53 bits, so 64-bit numbers are strings; enums are their names. Both as in proto3 JSON.
export const representation = { longs: String, enums: String, defaults: true, oneofs: true };

const details = loadSync(["google/rpc/status.proto", "google/rpc/error_details.proto"], { ...representation, includeDirs: [protos] });

export function connect(Service) {
  const [address] = process.argv.slice(2);
  return new Service(address, grpc.credentials.createInsecure());
}

export function call(client, method, request) {
  const metadata = new grpc.Metadata();
  metadata.set("x-api-key", process.env.MODERATION_API_KEY ?? "");
  return new Promise((resolve, reject) => {
    const answered = (error, answer) => (error ? reject(error) : resolve(answer));
    client[method](request, metadata, { deadline: Date.now() + 20_000 }, answered);
  });
}

// The status that a failed call carries in its trailers, with its details decoded.
export function statusOf(error) {
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  const status = bytes && details["google.rpc.Status"].deserialize(bytes);
  return {
    code: grpc.status[error.code],
    message: error.details,
    details: (status?.details ?? []).map((any) => {
      const name = any.type_url?.split("/").at(-1) ?? any.typeUrl.split("/").at(-1);
      return { "@type": name, ...details[name].deserialize(any.value) };
    }),
  };
}

// As proto3 JSON has it: times as text.
export function toJson(value) {
  if (Array.isArray(value)) return value.map(toJson);
  if (value === null || typeof value !== "object") return value;
  const keys = Object.keys(value);
  if (keys.length === 2 && "seconds" in value && "nanos" in value) {
    const second = new Date(Number(value.seconds) * 1000).toISOString().slice(0, 19);
    return `${second}.${String(value.nanos).padStart(9, "0")}Z`;
  }
  return Object.fromEntries(keys.map((key) => [key, toJson(value[key])]));
}

// Prints one JSON object: the result, or with exit code 1 the status of the call that failed.
export async function print(run) {
  try {
    console.log(JSON.stringify(toJson(await run())));
  } catch (error) {
    if (typeof error.code !== "number") throw error;
    console.log(JSON.stringify(statusOf(error)));
    process.exitCode = 1;
  }
}
