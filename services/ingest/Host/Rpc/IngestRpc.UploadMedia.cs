using System.Runtime.CompilerServices;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host.Media;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Ingest.Host.Rpc;

internal sealed partial class IngestRpc
{
    public override async Task<UploadMediaResponse> UploadMedia(IAsyncStreamReader<UploadMediaRequest> requestStream, ServerCallContext context)
    {
        var tenant = Caller.TenantOf(context);
        if (!await requestStream.MoveNext(context.CancellationToken)
            || requestStream.Current.PartCase != UploadMediaRequest.PartOneofCase.Metadata)
        {
            throw RpcErrors.Create(
                ErrorReason.InvalidFields, "metadata must be the first message", [new FieldViolation("metadata", "must be the first message of the stream")]);
        }

        var answer = await relay.RelayAsync(tenant, ChunksAsync(requestStream, context.CancellationToken), context.CancellationToken);
        return new UploadMediaResponse
        {
            MediaId = answer.MediaId,
            ByteCount = answer.ByteCount,
            Width = answer.Width,
            Height = answer.Height,
        };
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ChunksAsync(
        IAsyncStreamReader<UploadMediaRequest> stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await stream.MoveNext(cancellationToken))
        {
            var violations = new FieldViolations();
            violations.Require(stream.Current.PartCase == UploadMediaRequest.PartOneofCase.Chunk, "chunk", "must follow the metadata");
            violations.Require(stream.Current.Chunk.Length <= MediaRelay.MaxChunk, "chunk", $"must be at most {MediaRelay.MaxChunk} bytes");
            violations.ThrowIfAny();
            yield return stream.Current.Chunk.Memory;
        }
    }
}
