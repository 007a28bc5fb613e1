using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Host.Video;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.MediaHash.Host.Media;

/// <summary>Takes media in, so many at once, and says in the contract's terms what is refused.</summary>
internal sealed class MediaIntake(MediaFingerprinter fingerprinter, IOptions<UploadOptions> uploads, IOptions<DecodingOptions> decoding)
{
    private const int MaxChunkBytes = 1024 * 1024;
    private const int RetryAfterMilliseconds = 500;

    private int _inFlight;

    /// <summary>Runs a call that takes a medium in, unless too many do.</summary>
    public async Task<T> TakeAsync<T>(Func<Task<T>> call)
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
            var answer = await call();
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

    /// <summary>Hashes the bytes of a stream whose metadata has been read.</summary>
    /// <param name="parts">The rest of the stream.</param>
    /// <param name="chunkOf">The bytes of a part; null for one that holds none.</param>
    /// <param name="sampling">Which frames of a video are hashed.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<HashMediaResponse> HashAsync<TPart>(
        IAsyncStreamReader<TPart> parts, Func<TPart, ByteString?> chunkOf, VideoSampling sampling, CancellationToken cancellationToken)
    {
        using var upload = new UploadBuffer(decoding.Value.MaxBytes);
        while (await parts.MoveNext(cancellationToken))
        {
            var chunk = chunkOf(parts.Current);
            var violations = new FieldViolations();
            violations.Require(chunk is not null, "chunk", "must follow the metadata");
            violations.Require(chunk is null || chunk.Length <= MaxChunkBytes, "chunk", $"must be at most {MaxChunkBytes} bytes");
            violations.ThrowIfAny();
            upload.Append(chunk!.Span); // required above
        }
        return await fingerprinter.FingerprintAsync(upload, sampling, cancellationToken);
    }

    /// <summary>Notes what is wrong with how frames are to be sampled.</summary>
    public static void Check(VideoSampling sampling, FieldViolations violations) =>
        violations.Require(Enum.IsDefined(sampling), "metadata.video_sampling", "must be a value of VideoSampling");

    private static void Count(string result) => ModerationMeter.MediaHashed.Add(1, new KeyValuePair<string, object?>("result", result));
}
