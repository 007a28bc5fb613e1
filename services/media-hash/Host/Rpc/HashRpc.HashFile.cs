using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Host.Media;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class HashRpc
{
    public override Task<HashFileResponse> HashFile(IAsyncStreamReader<HashFileRequest> requestStream, ServerCallContext context) =>
        intake.TakeAsync(async () =>
        {
            var metadata = await ReadMetadataAsync(requestStream, context.CancellationToken);
            CheckLoaded();
            var media = await intake.HashAsync(requestStream, part => part.HasChunk ? part.Chunk : null, metadata.VideoSampling, context.CancellationToken);
            // The version first: what is found may be newer, never older.
            var version = catalogue.Version;
            return new HashFileResponse { Media = media, BankVersion = version, Matches = Match(media.ToCore(), metadata.TenantId) };
        });

    private static async Task<HashFileMetadata> ReadMetadataAsync(IAsyncStreamReader<HashFileRequest> stream, CancellationToken cancellationToken)
    {
        var violations = new FieldViolations();
        if (!await stream.MoveNext(cancellationToken) || stream.Current.PartCase != HashFileRequest.PartOneofCase.Metadata)
            violations.Add("metadata", "must be the first message of the stream");
        else
        {
            if (stream.Current.Metadata.TenantId.Length > 0)
                violations.RequireId(stream.Current.Metadata.TenantId, "metadata.tenant_id", 64);
            MediaIntake.Check(stream.Current.Metadata.VideoSampling, violations);
        }
        violations.ThrowIfAny();
        return stream.Current.Metadata;
    }
}
