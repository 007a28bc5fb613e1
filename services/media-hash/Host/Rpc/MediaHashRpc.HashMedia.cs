using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Host.Media;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class MediaHashRpc
{
    public override Task<HashMediaResponse> HashMedia(IAsyncStreamReader<HashMediaRequest> requestStream, ServerCallContext context) =>
        intake.TakeAsync(async () =>
        {
            var metadata = await ReadMetadataAsync(requestStream, context.CancellationToken);
            var answer = await intake.HashAsync(requestStream, part => part.HasChunk ? part.Chunk : null, metadata.VideoSampling, context.CancellationToken);
            await fingerprints.SaveAsync(metadata.TenantId, answer);
            return answer;
        });

    private static async Task<HashMediaMetadata> ReadMetadataAsync(IAsyncStreamReader<HashMediaRequest> stream, CancellationToken cancellationToken)
    {
        var violations = new FieldViolations();
        if (!await stream.MoveNext(cancellationToken) || stream.Current.PartCase != HashMediaRequest.PartOneofCase.Metadata)
            violations.Add("metadata", "must be the first message of the stream");
        else
        {
            violations.RequireId(stream.Current.Metadata.TenantId, "metadata.tenant_id", 64);
            MediaIntake.Check(stream.Current.Metadata.VideoSampling, violations);
        }
        violations.ThrowIfAny();
        return stream.Current.Metadata;
    }
}
