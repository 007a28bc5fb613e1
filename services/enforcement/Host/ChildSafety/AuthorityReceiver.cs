using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Moderation.Enforcement.Host.ChildSafety;

/// <summary>The way to the authority's receiver. Each report goes with its stable id, by which the receiver drops repeats.</summary>
internal sealed class AuthorityReceiver(IOptions<ChildSafetyOptions> options) : IDisposable
{
    /// <summary>The header with the report's id.</summary>
    public const string IdHeader = "Idempotency-Key";

    // A redirect would carry the report to somewhere that nobody has configured.
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = options.Value.Report.Timeout,
    };

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    /// <summary>Sends a report once.</summary>
    /// <returns>Empty when the receiver took it, else what went wrong in a few words.</returns>
    public async Task<string> SendAsync(string reportId, byte[] body, CancellationToken cancellationToken)
    {
        var settings = options.Value.Report;
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(IdHeader, reportId);
        try
        {
            // Read each time, so that a new token needs no restart.
            var token = (await File.ReadAllTextAsync(settings.KeyFile, cancellationToken)).Trim();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.IsSuccessStatusCode ? "" : string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)answer.StatusCode}");
        }
        catch (HttpRequestException)
        {
            return "CONNECTION";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "TIMEOUT";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            return "KEY_FILE";
        }
    }
}
