using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Host.Media;
using Moderation.MediaHash.Host.Video;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class MediaHashRpc
{
    private const int MaxChunkBytes = 1024 * 1024;
    private const int RetryAfterMilliseconds = 500;

    private int _inFlight;

    public override async Task<HashMediaResponse> HashMedia(IAsyncStreamReader<HashMediaRequest> requestStream, ServerCallContext context)
    {
        if (Interlocked.Increment(ref _inFlight) > uploads.Value.MaxInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            throw RpcErrors.Create(
                ErrorReason.Overloaded,
                ("limit", uploads.Value.MaxInFlight.ToString(CultureInfo.InvariantCulture)),
                ("retry_after_ms", RetryAfterMilliseconds.ToString(CultureInfo.InvariantCulture)));
        }
        try
        {
            var answer = await HashAsync(requestStream, context.CancellationToken);
            Count("hashed");
            return answer;
        }
        catch (MediaRejectedException rejected)
        {
            Count("rejected");
            throw RpcErrors.Create(ErrorReason.MediaRejected, rejected.Message, [], ("detail", rejected.ContractDetail));
        }
        catch (VideoUnavailableException)
        {
            Count("unavailable");
            throw RpcErrors.Create(
                ErrorReason.DependencyUnavailable, "This replica has no video decoder: install ffmpeg 5.1 or later.", [], ("dependency", "ffmpeg"));
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async Task<HashMediaResponse> HashAsync(IAsyncStreamReader<HashMediaRequest> stream, CancellationToken cancellationToken)
    {
        var metadata = await ReadMetadataAsync(stream, cancellationToken);
        using var upload = new UploadBuffer(decoding.Value.MaxBytes);
        while (await stream.MoveNext(cancellationToken))
        {
            var violations = new FieldViolations();
            violations.Require(stream.Current.PartCase == HashMediaRequest.PartOneofCase.Chunk, "chunk", "must follow the metadata");
            violations.Require(stream.Current.Chunk.Length <= MaxChunkBytes, "chunk", $"must be at most {MaxChunkBytes} bytes");
            violations.ThrowIfAny();
            upload.Append(stream.Current.Chunk.Span);
        }
        var answer = await fingerprinter.FingerprintAsync(upload, metadata.VideoSampling, cancellationToken);
        await fingerprints.SaveAsync(metadata.TenantId, answer);
        return answer;
    }

    private static async Task<HashMediaMetadata> ReadMetadataAsync(IAsyncStreamReader<HashMediaRequest> stream, CancellationToken cancellationToken)
    {
        var violations = new FieldViolations();
        if (!await stream.MoveNext(cancellationToken) || stream.Current.PartCase != HashMediaRequest.PartOneofCase.Metadata)
            violations.Add("metadata", "must be the first message of the stream");
        else
        {
            violations.RequireId(stream.Current.Metadata.TenantId, "metadata.tenant_id", 64);
            violations.Require(
                Enum.IsDefined(stream.Current.Metadata.VideoSampling), "metadata.video_sampling", "must be a value of VideoSampling");
        }
        violations.ThrowIfAny();
        return stream.Current.Metadata;
    }

    private static void Count(string result) => ModerationMeter.MediaHashed.Add(1, new KeyValuePair<string, object?>("result", result));
}
