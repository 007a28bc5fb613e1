using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host.Pipeline;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Ingest.Host.Media;

/// <summary>Hands bytes on to media-hash as they come; none are kept here.</summary>
internal sealed class MediaRelay(ServiceCallers callers, TimeProvider time)
{
    /// <summary>Bytes of one medium at most.</summary>
    public const int MaxBytes = 20 * 1024 * 1024;

    /// <summary>Bytes of one chunk at most.</summary>
    public const int MaxChunk = 1024 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Relays one medium.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="chunks">Its bytes.</param>
    /// <param name="cancellationToken">Ends the relay.</param>
    /// <exception cref="RpcException">MEDIA_REJECTED, or what media-hash says.</exception>
    public async Task<HashMediaResponse> RelayAsync(string tenant, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken)
    {
        using var call = callers.MediaHash.HashMedia(new CallOptions(
            deadline: time.GetUtcNow().UtcDateTime + Timeout, cancellationToken: cancellationToken));
        try
        {
            await call.RequestStream.WriteAsync(new HashMediaRequest { Metadata = new HashMediaMetadata { TenantId = tenant } }, cancellationToken);
            long total = 0;
            await foreach (var chunk in chunks.WithCancellation(cancellationToken))
            {
                total += chunk.Length;
                if (total > MaxBytes)
                {
                    throw RpcErrors.Create(
                        ErrorReason.MediaRejected, $"The medium is larger than {MaxBytes} bytes.", [], ("detail", "TOO_LARGE"));
                }

                await call.RequestStream.WriteAsync(new HashMediaRequest { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }, cancellationToken);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException) when (call.ResponseAsync.IsFaulted)
        {
            // media-hash answered before it had read all: what it said is the reason.
        }
        catch (InvalidOperationException) when (call.ResponseAsync.IsCompleted)
        {
            // As above: the request stream is closed once the answer is there.
        }

        return await call.ResponseAsync;
    }

    /// <summary>Replaces the inline media of a post by their media ids.</summary>
    public async Task ReplaceInlineAsync(string tenant, Post post, CancellationToken cancellationToken)
    {
        foreach (var medium in post.Media)
        {
            if (medium.SourceCase == Contracts.V1.Media.SourceOneofCase.InlineContent)
            {
                var answer = await RelayAsync(tenant, Once(medium.InlineContent.Memory), cancellationToken);
                medium.MediaId = answer.MediaId;
            }
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Once(ReadOnlyMemory<byte> bytes)
    {
        await Task.CompletedTask;
        yield return bytes;
    }
}
