using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Moderation.Enforcement.Delivery;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>
/// The way out to receivers. A name is resolved here and the connection goes to an address that was checked, so a name that changes
/// between the check and the connection gains nothing; redirects and proxies are not followed, which would lead past the check.
/// </summary>
internal sealed class WebhookTransport : IDisposable
{
    private const int MaxResponseBytes = 64 * 1024;
    private readonly HttpClient _client;
    private readonly DeliveryAddress _address;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public WebhookTransport(IOptions<DeliveryOptions> options, TimeProvider time)
    {
        _address = options.Value.Webhooks.Address();
        _timeout = options.Value.Webhooks.RequestTimeout;
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null, // what a trace says of the inside is not the receiver's
            ConnectCallback = ConnectAsync,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // so that a moved receiver is found
            MaxResponseHeadersLength = 16,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // by the given clock, below
        };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("moderation-webhooks/1");
    }

    /// <summary>Sends a request and says what it came to.</summary>
    public async Task<Attempt> PostAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_timeout, _time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            using (request)
            using (var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token))
            {
                var attempt = Attempt.OfStatus((int)response.StatusCode, RetryAfter(response));
                await DrainAsync(response, end.Token);
                return attempt;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Attempt(DeliveryFault.Timeout);
        }
        catch (HttpRequestException failure)
        {
            return new Attempt(failure.InnerException is AddressRefusedException ? DeliveryFault.AddressRefused : DeliveryFault.Connection);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    // A short body is read to its end so that the connection can be used again. The status has been said: what happens now changes nothing.
    private static async Task DrainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength is not <= MaxResponseBytes)
        {
            return; // closed by the dispose
        }

        try
        {
            await response.Content.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            // The receipt counts, not what follows it.
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } span } => span,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = addresses.Where(_address.IsAllowed).ToArray();
        if (allowed.Length == 0)
        {
            throw new AddressRefusedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Every address of the name lies in a network that is not delivered to.</summary>
    private sealed class AddressRefusedException : IOException;
}
