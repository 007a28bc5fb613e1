using System.Net;
using System.Runtime.CompilerServices;

namespace Moderation.MediaHash.Host.Pulling;

/// <summary>A list at an HTTPS address. Its ETag (else the time of its last change) tells whether it is another than before.</summary>
internal sealed class AddressSource(Uri address, long maxBytes, HttpClient client) : IHashListSource
{
    private const int MaxSignatureBytes = 16 * 1024;

    public async IAsyncEnumerable<PulledList> ReadAsync(
        IReadOnlyDictionary<string, string> marks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await FetchAsync(marks.GetValueOrDefault(address.AbsoluteUri), cancellationToken) is { } list)
            yield return list;
    }

    private async Task<PulledList?> FetchAsync(string? before, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (before is ['"', ..] or ['W', '/', ..])
                request.Headers.TryAddWithoutValidation("If-None-Match", before);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.NotModified)
                return null;
            answer.EnsureSuccessStatusCode();
            var mark = answer.Headers.ETag?.ToString() ?? answer.Content.Headers.LastModified?.ToString("O") ?? "";
            if (mark.Length > 0 && mark == before)
                return null;
            var isCsv = ListNames.IsCsv(address.AbsolutePath) ?? answer.Content.Headers.ContentType?.MediaType == "text/csv";
            var signature = await FetchSignatureAsync(cancellationToken);
            return new PulledList(address.AbsoluteUri, mark, isCsv, await DownloadAsync(answer.Content, cancellationToken), signature);
        }
        catch (HttpRequestException failure)
        {
            throw new IOException($"{address} can't be fetched: {failure.Message}", failure);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{address} did not answer in time.", slow);
        }
    }

    private async Task<Stream> DownloadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var file = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await using var source = await content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[64 * 1024];
            for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                if (file.Length + read > maxBytes)
                    throw new IOException($"{address} has more than {maxBytes} bytes.");
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private async Task<byte[]?> FetchSignatureAsync(CancellationToken cancellationToken)
    {
        var place = new UriBuilder(address) { Path = address.AbsolutePath + ListNames.SignatureEnding }.Uri;
        using var answer = await client.GetAsync(place, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        answer.EnsureSuccessStatusCode();
        if (answer.Content.Headers.ContentLength is null or > MaxSignatureBytes)
            throw new IOException($"{place} is no signature: its length must be known and at most {MaxSignatureBytes} bytes.");
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }
}
