using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.ModCtl.Submit;

/// <summary>A picture of a row that can't be sent.</summary>
internal sealed class PictureException(string message) : Exception(message);

/// <summary>Uploads pictures; one that several posts show goes up once.</summary>
internal sealed class MediaUploads(IngestService.IngestServiceClient client, Retries retries)
{
    private const int MaxBytes = 20 * 1024 * 1024;
    private const int ChunkBytes = 256 * 1024;
    private const int MaxKnown = 10_000;
    private static readonly TimeSpan UploadLimit = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>The media id of a picture.</summary>
    /// <param name="path">The picture.</param>
    /// <param name="field">Its field in the row, for messages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PictureException">It can't be read, or is too large.</exception>
    /// <exception cref="RpcException">The service refused it.</exception>
    public async Task<string> IdOfAsync(string path, string field, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(path, out var known))
        {
            return known;
        }

        var bytes = await ReadAsync(path, field, cancellationToken);
        var id = await retries.RunAsync(token => UploadAsync(bytes, token), cancellationToken);
        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        return _known[path] = id;
    }

    /// <summary>Forgets what was uploaded, after the service said that it no longer knows it.</summary>
    public void Forget(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            _known.TryRemove(path, out _);
        }
    }

    private static async Task<byte[]> ReadAsync(string path, string field, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new PictureException($"{field}: there is no file {path}");
            }

            return file.Length <= MaxBytes
                ? await File.ReadAllBytesAsync(path, cancellationToken)
                : throw new PictureException($"{field}: {path} has {file.Length} bytes, at most {MaxBytes} are taken");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new PictureException($"{field}: {path} can't be read: {failure.Message}");
        }
    }

    private async Task<string> UploadAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        using var call = client.UploadMedia(deadline: DateTime.UtcNow + UploadLimit, cancellationToken: cancellationToken);
        try
        {
            await call.RequestStream.WriteAsync(new UploadMediaRequest { Metadata = new UploadMediaMetadata() }, cancellationToken);
            for (var at = 0; at < bytes.Length; at += ChunkBytes)
            {
                var chunk = UnsafeByteOperations.UnsafeWrap(bytes.AsMemory(at, Math.Min(ChunkBytes, bytes.Length - at)));
                await call.RequestStream.WriteAsync(new UploadMediaRequest { Chunk = chunk }, cancellationToken);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException)
        {
            // A service that answers before it has read everything has said why in its status.
        }

        return (await call.ResponseAsync).MediaId;
    }
}
